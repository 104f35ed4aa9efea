//! The end of a run: everything comes to rest, and what everybody knows is put together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::time::Duration;

use super::audit::{Evidence, Verdict, audit};
use super::chain::Chain;
use super::cinema::Cinema;
use super::forgotten::{self, Forgotten, Said};
use super::memory::Memory;
use super::papers::{Papers, by_code};
use super::stored::{self, Kept, Stored, Unfinished};
use super::taken::{at_the_terminal, by_the_provider};
use crate::load::connection::Connection;
use crate::load::programme_at_box::get;
use crate::proving;

/// How long payments, papers and streams may take to come to rest.
const COMES_TO_REST_WITHIN: Duration = Duration::from_secs(180);

/// Nothing is left to be done.
const AT_REST: Unfinished = Unfinished {
    payments: 0,
    papers: 0,
    aside: 0,
};

/// What came of a run, once nobody buys any more; all its processes are stopped.
///
/// # Errors
/// What is stored cannot be read, or a process does not stop.
pub async fn reckon(mut chain: Chain, at_hub: Kept) -> io::Result<Verdict> {
    comes_to_rest(&chain, &at_hub).await?;
    let forgotten = forgotten::see_to_it(&chain, &at_hub).await?;
    comes_to_rest(&chain, &at_hub).await?;
    let streams_equal = chain.streams_equal(&at_hub).await?;
    let of_all = || (chain.cinemas.iter()).flat_map(|it| [&it.lobby, &it.home]);
    let came: Vec<_> = of_all().map(Memory::admissions).collect();
    let begun: Vec<_> = of_all().map(Memory::forgettable).collect();
    let mut lobbies = Vec::new();
    for cinema in &chain.cinemas {
        lobbies.push(lobby(cinema, &at_hub, streams_equal).await?);
    }
    let home = home(&chain, &at_hub, streams_equal, forgotten).await?;
    let mut verdict = audit(&lobbies, Some(&home));
    came.into_iter().for_each(|came| verdict.at_the_door(came));
    begun.iter().for_each(|it| verdict.begun_and_forgotten(it));
    chain.stop()?;
    drop(at_hub);
    verdict.add(&prove(&chain)?);
    Ok(verdict)
}

/// Waits until every payment has its outcome or is a case, every ticket is on paper and every event is at the hub, or long enough.
async fn comes_to_rest(chain: &Chain, at_hub: &Kept) -> io::Result<()> {
    let begin = chain.clock.monotonic();
    loop {
        let mut at_rest = at_hub.open_payments().await? == 0 && at_hub.open_refunds().await? == 0;
        for cinema in &chain.cinemas {
            at_rest &= stored::unfinished(&cinema.database())? == AT_REST;
        }
        if at_rest {
            let found = at_hub.charges_found().await?;
            let unknown = forgotten::unknown(chain, at_hub).await?;
            at_rest = unknown.keys().all(|it| found.contains_key(it));
        }
        let waited = chain.clock.monotonic().saturating_sub(begin);
        if at_rest && chain.streams_equal(at_hub).await? || waited > COMES_TO_REST_WITHIN {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn home(
    chain: &Chain,
    at_hub: &Kept,
    streams_equal: bool,
    forgotten: Forgotten,
) -> io::Result<Evidence> {
    let (mut answered, mut complaints) = (BTreeMap::new(), Vec::new());
    let (mut asked, mut wanted) = (BTreeSet::new(), BTreeSet::new());
    for memory in chain.cinemas.iter().map(|it| &it.home) {
        asked.append(&mut memory.all_asked_back());
        wanted.append(&mut memory.forgettable().wanted_back);
        let (mut heard, mut complained) = memory.take();
        answered.append(&mut heard);
        complaints.append(&mut complained);
    }
    let open = at_hub.open_payments().await?;
    if open > 0 {
        complaints.push(format!("{open} payments at the hub have no outcome"));
    }
    let refunds = at_hub.refunds().await?;
    let is_known = |ticket: &&String| refunds.contains_key(*ticket) || forgotten.has(ticket);
    for ticket in asked.iter().filter(|it| !is_known(it)) {
        complaints.push(format!("ticket {ticket} was asked back, and nobody knows"));
    }
    for (ticket, state) in &refunds {
        let is_wanted = asked.contains(ticket) || wanted.contains(ticket);
        if state != "done" || !is_wanted {
            complaints.push(format!("the refund of ticket {ticket} is {state}"));
        }
    }
    // Whose guest comes with a ticket that the hub has forgotten, or gives one back, is shown to a person.
    let mut disputes = at_hub.disputes().await?;
    disputes.retain(|words| !forgotten.tickets().any(|it| words.contains(&it.id)));
    complaints.extend(disputes);
    let returned = forgotten.tickets().filter(|it| it.said == Said::TakenBack);
    let returned = returned.map(|it| it.id.clone());
    Ok(Evidence {
        answered,
        complaints,
        stored: at_hub.stored().await?,
        taken_back: refunds.into_keys().chain(returned).collect(),
        taken: by_the_provider(&chain.provider.sums()),
        papers: None,
        at_hub: None,
        forgotten,
        streams_equal,
    })
}

async fn lobby(cinema: &Cinema, at_hub: &Kept, streams_equal: bool) -> io::Result<Evidence> {
    let (answered, mut complaints) = cinema.lobby.take();
    let left = stored::unfinished(&cinema.database())?;
    if left != AT_REST {
        complaints.push(format!("{} does not come to rest: {left:?}", cinema.name));
    }
    let stored = stored::read(&cinema.database())?;
    let papers = by_ticket(cinema, &stored, &mut complaints).await?;
    Ok(Evidence {
        answered,
        complaints,
        stored,
        taken_back: BTreeSet::new(),
        taken: at_the_terminal(&cinema.terminal.till()),
        papers: Some(papers),
        at_hub: Some(at_hub.sales_at_hub().await?),
        forgotten: Forgotten::default(),
        streams_equal,
    })
}

/// Papers by ticket: the box is asked for the code of every stored ticket, as any screen would ask.
async fn by_ticket(
    cinema: &Cinema,
    stored: &Stored,
    complaints: &mut Vec<String>,
) -> io::Result<HashMap<String, Papers>> {
    let mut papers = by_code(&cinema.printer.papers());
    let mut connection = Connection::open(cinema.site.address).await?;
    let mut found = HashMap::with_capacity(papers.len());
    for ticket in &stored.tickets {
        let shown = get(&mut connection, &format!("/api/v1/tickets/{}", ticket.id)).await?;
        if let Some(of_ticket) = shown["code"].as_str().and_then(|code| papers.remove(code)) {
            found.insert(ticket.id.clone(), of_ticket);
        }
    }
    complaints.extend(
        papers
            .into_keys()
            .map(|code| format!("{code} was printed and is no ticket")),
    );
    Ok(found)
}

/// What all databases say, once nobody has them any more.
fn prove(chain: &Chain) -> io::Result<::audit::Verdict> {
    let boxes = chain.cinemas.iter().map(|it| it.site.settings());
    let given = [chain.hubs.site.settings()].into_iter().chain(boxes);
    let read = given.map(|it| {
        let source = proving::source(&it).map_err(io::Error::other)?;
        proving::read(&source).map_err(io::Error::other)
    });
    Ok(::audit::prove(&read.collect::<io::Result<Vec<_>>>()?))
}
