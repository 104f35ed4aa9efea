//! People of head office: who may sign in, by a password that they choose through a one-time link, and where they are signed in. The
//! link comes from whoever is signed in on the hub's machine.

mod name;
mod password;
mod refusal;
pub(crate) mod routes;
mod store;

use std::sync::Arc;
use std::time::Duration;

use database::{Database, Scope};
use hub_api::{PasswordRequest, Sessions, SignInRequest};
use service::Machine;
use service::code::{self, Tries};
use service::http::Peer;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::links::Board;
pub use name::OperatorName;
use password::Password;
pub(crate) use refusal::OperatorRefused;
use store::{NewSession, Until};

/// How long a link can be used: until the next working day's end.
const LINK_LASTS: Duration = Duration::from_secs(48 * 60 * 60);

/// How long a session that nobody uses goes on: a day's work and its evening.
const SESSION_RESTS: Duration = Duration::from_secs(14 * 60 * 60);

/// How long any session goes on.
const SESSION_LASTS: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How often it is kept that a session is used.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// The longest description of a browser that is kept, in characters.
const LONGEST_BROWSER: usize = 120;

/// A hash of a link or a session's token.
type Hash = [u8; 32];

/// Operators and their sessions. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Operators {
    database: Database,
    machine: Machine,
    /// The hub's address as people have it, without a slash at its end.
    address: Arc<str>,
    /// One password is checked at a time: each takes 19 MiB and a core.
    checking: Arc<Semaphore>,
    tries: Tries,
    /// Where open pages wait for changes.
    doors: Board,
}

impl AsRef<Self> for Operators {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Whoever is signed in, as each request shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedInAs {
    pub(crate) operator: OperatorName,
    /// The session's id.
    pub(crate) session: String,
}

/// Who asks to be let in, and from where.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) from: Peer,
    pub(crate) browser: String,
}

impl Operators {
    pub(crate) fn new(database: Database, machine: Machine, address: &str, doors: Board) -> Self {
        Self {
            database,
            machine,
            address: address.trim_end_matches('/').into(),
            checking: Arc::new(Semaphore::new(1)),
            tries: Tries::default(),
            doors,
        }
    }

    /// Whether a cookie may only travel encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.address.starts_with("https://")
    }

    /// Makes a one-time link by which the operator chooses a password; who has one keeps it until the link is used.
    pub(crate) async fn new_link(&self, name: OperatorName) -> Result<String, OperatorRefused> {
        let link = service::random::code::<24>(&self.machine.random);
        let (hash, now) = (hash(&link), self.machine.clock.now());
        self.database
            .write(scope(&name), move |tx| {
                store::put_link(tx, &name, &hash, now + LINK_LASTS, now)
            })
            .await?;
        Ok(format!("{}/head-office#link={link}", self.address))
    }

    /// Takes away the operator's password and sessions.
    pub(crate) async fn remove(&self, name: OperatorName) -> Result<String, OperatorRefused> {
        let words = format!("{name} cannot sign in any more");
        let removing = self
            .database
            .write(scope(&name), move |tx| store::remove(tx, &name));
        let removed = removing.await?;
        self.doors.changed();
        removed.then_some(words).ok_or(OperatorRefused::Unknown)
    }

    /// Who there is, in words for a terminal.
    pub(crate) async fn list(&self) -> Result<String, OperatorRefused> {
        let all = self.database.read(store::all).await?;
        let lines = all
            .into_iter()
            .map(|(name, can_sign_in)| match can_sign_in {
                true => format!("{name}\n"),
                false => format!("{name}  (has not used the link yet)\n"),
            });
        Ok(lines.collect())
    }

    /// Whose a one-time link is that can be used. Asking counts as a try.
    pub(crate) async fn whose_link(
        &self,
        link: &str,
        from: Peer,
    ) -> Result<OperatorName, OperatorRefused> {
        let begun = self.begin_try(from)?;
        let (link, now) = (hash(&code::bare(link)), self.machine.clock.now());
        let find = self
            .database
            .read(move |snapshot| store::of_link(snapshot, &link, now));
        let name = find.await?.ok_or(OperatorRefused::WrongLink)?;
        self.tries.right(from, begun);
        Ok(name)
    }

    /// Chooses a password by a one-time link: it is used up, all sessions of the operator end, and one begins, whose token is given.
    pub(crate) async fn choose_password(
        &self,
        request: PasswordRequest,
        visitor: Visitor,
    ) -> Result<(OperatorName, String), OperatorRefused> {
        let from = visitor.from;
        let begun = self.begin_try(from)?;
        let link = hash(&code::bare(&request.link));
        let now = self.machine.clock.now();
        let find = self
            .database
            .read(move |snapshot| store::of_link(snapshot, &link, now));
        let name = find.await?.ok_or(OperatorRefused::WrongLink)?;
        let password = Password::chosen(&request.password)?;
        let phc = self.hashed(password).await?;
        let (token, session) = self.session(&name, &visitor);
        let operator = name.clone();
        let chosen = self
            .database
            .write(scope(&name), move |tx| {
                store::choose_password(tx, (&operator, &link), &phc, &session, now)
            })
            .await?;
        if !chosen {
            return Err(OperatorRefused::WrongLink);
        }
        self.tries.right(from, begun);
        tracing::info!(operator = %name, "a password was chosen");
        self.doors.changed();
        Ok((name, token))
    }

    /// Begins a session, and gives its token.
    pub(crate) async fn sign_in(
        &self,
        request: SignInRequest,
        visitor: Visitor,
    ) -> Result<(OperatorName, String), OperatorRefused> {
        let from = visitor.from;
        let begun = self.begin_try(from)?;
        let signed_in = self.try_to_sign_in(request, visitor).await;
        match &signed_in {
            Ok(_) => self.tries.right(from, begun),
            Err(refused) => tracing::warn!(from = %from.0, %refused, "somebody could not sign in"),
        }
        signed_in
    }

    async fn try_to_sign_in(
        &self,
        request: SignInRequest,
        visitor: Visitor,
    ) -> Result<(OperatorName, String), OperatorRefused> {
        let wrong = OperatorRefused::WrongPassword;
        let password = Password::typed(&request.password).ok_or(wrong.clone())?;
        let name: OperatorName = request.operator.parse().map_err(|_| wrong.clone())?;
        let asked = name.clone();
        let find = self
            .database
            .read(move |snapshot| store::password(snapshot, &asked));
        let Some(phc) = find.await? else {
            // As long as for one that exists.
            self.hashed(password).await?;
            return Err(wrong);
        };
        let expected = phc.clone();
        if !self.checking(move || password.is(&expected)).await? {
            return Err(wrong);
        }
        let (token, session) = self.session(&name, &visitor);
        let (operator, now) = (name.clone(), self.machine.clock.now());
        let begun = self
            .database
            .write(scope(&name), move |tx| {
                store::begin_session(tx, (&operator, &phc), &session, now)
            })
            .await?;
        if !begun {
            return Err(wrong);
        }
        tracing::info!(operator = %name, "an operator signed in");
        Ok((name, token))
    }

    /// Who has this token. That the session is used is kept once a minute.
    pub(crate) async fn find(&self, token: &str) -> Result<Option<SignedInAs>, OperatorRefused> {
        let (token, now, until) = (hash(token), self.machine.clock.now(), self.until());
        let find = self
            .database
            .read(move |snapshot| store::find_session(snapshot, &token, until));
        let Some((found, seen)) = find.await? else {
            return Ok(None);
        };
        if now.duration_since(seen).unsigned_abs() >= SEEN_EVERY {
            let touching = self.database.write(scope(&found.operator), move |tx| {
                store::touch_session(tx, &token, now)
            });
            touching.await?;
        }
        Ok(Some(found))
    }

    /// Whether a session goes on, for whoever is shown something without asking: that is no use of it.
    pub(crate) async fn goes_on(&self, who: &SignedInAs) -> Result<bool, OperatorRefused> {
        let (id, until) = (who.session.clone(), self.until());
        let find = self
            .database
            .read(move |snapshot| store::goes_on(snapshot, &id, until));
        Ok(find.await?)
    }

    fn until(&self) -> Until {
        let now = self.machine.clock.now();
        Until {
            seen: now - SESSION_RESTS,
            made: now - SESSION_LASTS,
        }
    }

    /// Why nobody is let in without a session.
    pub(crate) async fn not_signed_in(&self) -> Result<OperatorRefused, OperatorRefused> {
        let anybody = self.database.read(store::can_anybody_sign_in).await?;
        Ok(match anybody {
            true => OperatorRefused::NotSignedIn,
            false => OperatorRefused::NobodyYet,
        })
    }

    /// Where an operator is signed in.
    pub(crate) async fn sessions(&self, who: SignedInAs) -> Result<Sessions, OperatorRefused> {
        let until = self.until();
        let operator = who.operator.to_string();
        let read = self
            .database
            .read(move |snapshot| store::sessions(snapshot, &who, until));
        Ok(Sessions {
            operator,
            sessions: read.await?,
        })
    }

    /// Ends one of the operator's sessions.
    pub(crate) async fn end(&self, who: &SignedInAs, id: String) -> Result<(), OperatorRefused> {
        let operator = who.operator.clone();
        let ending = self.database.write(scope(&who.operator), move |tx| {
            store::end_session(tx, &operator, &id)
        });
        let ended = ending.await?;
        self.doors.changed();
        ended.then_some(()).ok_or(OperatorRefused::NoSession)
    }

    fn begin_try(&self, from: Peer) -> Result<Duration, OperatorRefused> {
        let now = self.machine.clock.monotonic();
        let begun = self.tries.begin(from, now);
        begun.map_err(OperatorRefused::TooManyTries)?;
        Ok(now)
    }

    fn session(&self, operator: &OperatorName, visitor: &Visitor) -> (String, NewSession) {
        let random = &self.machine.random;
        let token = wire::key::hex(&random.bytes::<32>());
        let session = NewSession {
            token: hash(&token),
            id: wire::key::hex(&random.bytes::<8>()),
            operator: operator.clone(),
            browser: visitor.browser.chars().take(LONGEST_BROWSER).collect(),
        };
        (token, session)
    }

    async fn hashed(&self, password: Password) -> Result<String, OperatorRefused> {
        let salt = self.machine.random.bytes();
        self.checking(move || password.hashed(&salt)).await
    }

    /// Does what takes a core for a while, one at a time and beside the threads that answer.
    async fn checking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, OperatorRefused> {
        let broken = |why: &str| OperatorRefused::Fault(counter::Fault::Broken(why.to_owned()));
        let turn = Arc::clone(&self.checking).acquire_owned().await;
        let turn = turn.map_err(|why| broken(&why.to_string()))?;
        // Whoever asked may have gone away: the turn ends with the work.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(turn);
            done
        });
        let done = done.await;
        done.map_err(|why| broken(&why.to_string()))
    }
}

fn scope(name: &OperatorName) -> Scope {
    Scope::of("operator", name.as_str())
}

fn hash(text: &str) -> Hash {
    Sha256::digest(text).into()
}

#[cfg(test)]
mod tests;
