//! Why nothing is sold, in words for whoever must decide, and how much may have been forgotten.

use database::Doubt;
use wire::Position;

/// The most sales that one commit holds, as many writes share one: so many numbers of receipts may each missing commit have given.
pub(super) const SALES_OF_A_COMMIT: u64 = 128;

/// How many numbers of receipts are passed over where nobody can tell how much is missing: more than a large cinema sells in a week.
pub(super) const NUMBERS_OF_NOBODY_KNOWS: u64 = 50_000;

/// What whoever puts older data back, or begins anew, must know: the mark may lie in the folder that was exchanged.
pub(crate) const AFTER_A_COPY: &str = "What was sold after a copy was made is gone from the box with it: head office or the printer's paper roll knows it, the seats are \
    free again, and receipt numbers would be given twice. So after a copy was put back, or the box was set up anew, run `appliance accept-loss --set-back --reason ..` \
    while the box is stopped, and only then start it";

/// How a cinema sells again whose box is revoked, or cannot go on with what it has stored.
pub(crate) const WHAT_TAKES_ITS_PLACE: &str = "Have head office say what takes its place: `cloud-hub replace CINEMA --yes` gives a code. That may be this machine with an empty data \
    folder: import the programme, then `appliance enrol CODE --hub ADDRESS` before its first guest";

/// What a manager may do who can wait for nothing better, and what is sold then.
const AS_IT_IS: &str = " A manager may also take what is stored as it is: `appliance accept-loss --reason ..`. Seats that are free here may be sold in what is forgotten, to guests at \
    home as well, so that they are kept back from then on: `appliance takeover SHOWTIME SEAT.. --reason ..` sells those that it names at the cinema's risk, `appliance release \
    SHOWTIME --reason ..` all of a showtime.";

/// What becomes of the seats of a box that was taken as it is.
pub(super) const AFTER_A_LOSS: &str = "; seats that are free here may be sold in what is forgotten, so that they are kept back: `appliance takeover SHOWTIME SEAT.. --reason ..` sells \
    those that it names at the cinema's risk, `appliance release SHOWTIME --reason ..` all of a showtime. Where the hub has heard what is forgotten here it hears nothing more of \
    this box: have head office replace it as soon as there is time";

/// Why nothing is sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// The database cannot prove its past.
    Doubt(Doubt),
    /// The chain of events is broken after this one.
    Chain(u64),
    /// The hub knows the stream up to this event, and the box has another one or none.
    Hub(Position),
    /// The hub takes this box for a copy of the one that it heard last.
    Copied,
    /// A person says that the data is older than what was sold.
    SetBack,
    /// Head office has revoked this box.
    Revoked,
    /// The hub takes it again, which had revoked it.
    TakenAgain,
}

impl Stop {
    fn missing(&self) -> String {
        match self {
            Self::Doubt(doubt) => doubt.to_string(),
            Self::Chain(after) => {
                format!("what this box tells the hub is damaged after event {after}")
            }
            Self::Hub(known) => {
                let seq = known.seq;
                format!("the hub knows event {seq} of this box, and the box has another or none")
            }
            Self::Copied => "the hub has heard this box, or another with the same identity, since this data was written".to_owned(),
            Self::SetBack => "what was sold after the data was copied".to_owned(),
            Self::Revoked => "head office has revoked this box".to_owned(),
            Self::TakenAgain => {
                "the hub had revoked this box and takes it again, so it may have forgotten which box took its place".to_owned()
            }
        }
    }

    /// What may be better than to take it as it is.
    fn way_out(&self) -> String {
        match self {
            Self::Doubt(Doubt::NoMark) => {
                "Put the mark back (or the medium that it lies on) and start the box again; where the data folder was moved here, move its mark beside it".to_owned()
            }
            Self::Doubt(Doubt::Gone(_)) => {
                "Stop the box, put the file back if it was moved, and start it again".to_owned()
            }
            Self::Doubt(Doubt::Unmarked(_)) => {
                "Nothing is missing: give the medium of the mark room, or have it written to again, or copy the mark to another folder and name that as `mark_folder` in \
                 [data]; then start the box again"
                    .to_owned()
            }
            Self::Doubt(Doubt::Backup) => {
                "Have head office replace this box (`cloud-hub replace`): the one that takes its place begins from what the hub has heard, and sells nothing twice".to_owned()
            }
            Self::Revoked => WHAT_TAKES_ITS_PLACE.to_owned(),
            Self::TakenAgain => {
                "Ask head office whether its data was put back, and whether another box sells for this cinema".to_owned()
            }
            Self::Doubt(
                Doubt::Behind { .. }
                | Doubt::OtherRun
                | Doubt::OtherDatabase
                | Doubt::Copied
                | Doubt::Damaged(_),
            )
            | Self::Chain(_)
            | Self::Hub(_)
            | Self::Copied
            | Self::SetBack => format!(
                "A copy of the data folder helps only if it is newer than what is here, or if nothing here can be read: stop the box and put it back. {AFTER_A_COPY}"
            ),
        }
    }

    /// How many numbers of receipts may have been given and are forgotten.
    fn numbers(&self) -> u64 {
        match self {
            Self::Doubt(Doubt::Unmarked(_)) | Self::Revoked | Self::TakenAgain => 0,
            Self::Doubt(Doubt::Behind { commits }) => commits.saturating_mul(SALES_OF_A_COMMIT),
            Self::Doubt(
                Doubt::OtherRun
                | Doubt::NoMark
                | Doubt::Copied
                | Doubt::Backup
                | Doubt::OtherDatabase
                | Doubt::Damaged(_)
                | Doubt::Gone(_),
            )
            | Self::Chain(_)
            | Self::Hub(_)
            | Self::Copied
            | Self::SetBack => NUMBERS_OF_NOBODY_KNOWS,
        }
    }
}

/// All that is wrong.
pub(super) fn missing(found: &[Stop]) -> String {
    let each: Vec<_> = found.iter().map(Stop::missing).collect();
    each.join("; and ")
}

/// What is wrong and what can be done about it.
pub(super) fn words(found: &[Stop]) -> String {
    // No person here can decide it, whatever else is wrong.
    if found.contains(&Stop::Revoked) {
        let beside: Vec<_> = found
            .iter()
            .filter(|stop| **stop != Stop::Revoked)
            .cloned()
            .collect();
        let beside = match beside.is_empty() {
            true => String::new(),
            false => format!(" Beside that: {}.", missing(&beside)),
        };
        return format!(
            "Head office has revoked this box: nothing new is sold at it, for another may sell its seats. Payments that are under way come to their end \
             (`appliance cases` lists those that wait for a person), and the door lets in as before. {WHAT_TAKES_ITS_PLACE}.{beside}"
        );
    }
    let mut ways_out: Vec<_> = found.iter().map(Stop::way_out).collect();
    ways_out.dedup();
    let as_it_is = match may_be_sold(found) {
        true => AS_IT_IS,
        false => {
            " A manager may also take what is stored as it is: `appliance accept-loss --reason ..`."
        }
    };
    format!(
        "This box cannot prove that it has all that it sold: {}. Before anything else look at the card payments that were under way (`appliance cases` lists them): money may have been taken. {}.{as_it_is}",
        missing(found),
        ways_out.join(". ")
    )
}

/// Whether a seat that is free here may be sold, in what is forgotten or by a box that had the place of this one.
pub(super) fn may_be_sold(found: &[Stop]) -> bool {
    // Another has had the place of one that was revoked and is taken again, whatever this one remembers.
    let may_be = |stop: &Stop| stop.numbers() > 0 || *stop == Stop::TakenAgain;
    found.iter().any(may_be)
}

/// How many numbers of receipts may have been given and are forgotten: one loss may show in several ways.
pub(super) fn numbers(found: &[Stop]) -> u64 {
    found.iter().map(Stop::numbers).max().unwrap_or(0)
}
