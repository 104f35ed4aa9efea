//! Enrolment: how a box and the hub come to know each other's keys, once, by a one-time code that a person carries. The
//! box proves that it has the secret halves; the hub binds the code to the first key that presents it.

use box_office::{
    AuditoriumId, CinemaId, Custodian, DeviceId, SeatId, ShowtimeId, TicketId, TicketKindId,
};
use serde::{Deserialize, Serialize};

use crate::bytes::{Blob, Hash, KeyBytes, Nonce};
use crate::context::{Generation, Incarnation, Life};
use crate::event::{
    AuditoriumDescribed, FilmImported, Position, PriceBookImported, ShowtimeScheduled, encode,
};
use crate::key::{Frames, PublicKey, Purpose, SecretKey, Tickets, hex, unhex};
use crate::key_list::ToldKeyList;

const WORD: &str = "foyer.enrolment.v1";

/// `POST /api/v1/enrolments` at the hub. Keys, signatures and random bits are lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentRequest {
    /// The cinema that the box says it is.
    pub cinema: CinemaId,
    /// The box's own name for itself, part of its topics.
    pub device: DeviceId,
    /// The one-time code.
    pub code: String,
    /// The box's public key for frames, 32 bytes.
    pub frame_key: String,
    /// The box's public key for tickets, 32 bytes.
    pub ticket_key: String,
    /// The life of the box.
    pub incarnation: HexLife,
    /// The signature with the frame key over all of the above.
    pub frame_proof: String,
    /// The signature with the ticket key over the same.
    pub ticket_proof: String,
    /// Whether the box has never held or sold a seat, so that it can take another's place. It is not signed: the box itself looks once
    /// more when it takes it.
    #[serde(default)]
    pub is_blank: bool,
    /// The life of the hub with which the box was enrolled before; nothing, if it was with none. It is not signed: a hub that does not know
    /// the box begins with what the box tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<HexLife>,
}

/// The hub's answer. The same code and keys give the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentAnswer {
    /// The cinema.
    pub cinema: CinemaId,
    /// The hub's public key for frames to and from this cinema, 32 bytes as hex.
    pub hub_frame_key: String,
    /// The hub's public key for its tickets of this cinema, 32 bytes as hex; a hub of the first version told nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub_ticket_key: Option<String>,
    /// The life of the hub.
    pub generation: HexLife,
    /// The broker's address as the box shall use it: `mqtt://host:1883`, or `mqtts://host:8883` with TLS.
    pub broker: String,
    /// What a box begins with that takes another's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub succession: Option<Succession>,
    /// The list of the cinema's keys, with the root whose lists the box believes from then on; a hub of the first version told none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_list: Option<HexKeyList>,
}

/// A list of keys, in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HexKeyList {
    /// The public half of the root, 32 bytes as hex.
    pub root: String,
    /// The signed list, as hex.
    pub list: String,
}

/// What is known at the hub of the boxes before this one, at one position of the hub's stream: the new box applies what comes behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Succession {
    /// How many boxes the cinema had before: the new one numbers its receipts in the series after theirs.
    pub before: u32,
    /// The last event of the hub's stream, and its hash as hex.
    pub head: (u64, String),
    /// The public keys with which those boxes signed tickets, 32 bytes as hex each.
    pub ticket_keys: Vec<String>,
    /// The showtimes that are not over, or not for long.
    pub showtimes: Vec<FormerShowtime>,
    /// Their programme, of those that the hub knows whole.
    #[serde(default)]
    pub programme: FormerProgramme,
}

/// A programme as the boxes before told of it: the newest word on each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerProgramme {
    /// The rooms in the layouts that its showtimes have.
    pub rooms: Vec<AuditoriumDescribed>,
    /// The films in the versions that its showtimes have.
    pub films: Vec<FilmImported>,
    /// The price books in the versions that its showtimes have.
    pub price_books: Vec<PriceBookImported>,
    /// The showtimes.
    pub showtimes: Vec<ShowtimeScheduled>,
}

/// A showtime as the hub knows it. A seat that is not named was in the custody of the boxes before, at its first epoch, and nobody can
/// prove that it is not sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerShowtime {
    /// Which.
    pub showtime: ShowtimeId,
    /// When it ends, in milliseconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<i64>,
    /// Its seats.
    pub seats: Vec<FormerSeat>,
    /// Its tickets, of both sides.
    pub tickets: Vec<FormerTicket>,
    /// The seats that it had in rooms before and has not in the one where it is, each with its epoch and edition: they are the cinema's and free.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<(SeatId, u32, u32)>,
    /// The rooms where it was before, each with the version of its plan and when it left, in milliseconds since the Unix epoch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plans_before: Vec<(AuditoriumId, u32, i64)>,
}

/// A seat with its epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerSeat {
    /// Which.
    pub seat: SeatId,
    /// Whose it is, and since how many transfers.
    pub epoch: u32,
    /// The ticket that is proven to stand for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketId>,
    /// Whether nobody can prove that it is not sold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_in_doubt: bool,
}

/// A ticket that was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerTicket {
    /// Which.
    pub ticket: TicketId,
    /// Its seat.
    pub seat: SeatId,
    /// Who sold it.
    pub seller: Custodian,
    /// The custody epoch under which it was sold.
    pub epoch: u32,
    /// Its edition.
    pub edition: u32,
    /// Its kind.
    pub kind: TicketKindId,
    /// When its guest was let in, in milliseconds since the Unix epoch, by which device, and whether that is proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admitted: Option<(i64, DeviceId, bool)>,
    /// Whether it lets nobody in any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<TakenBack>,
}

/// What a cinema has answered of a ticket that was asked back, and that lets nobody in any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakenBack {
    /// It had let nobody in.
    Revoked,
    /// Nobody could say whether it had.
    Unproven,
}

impl Succession {
    /// Where the new box begins to apply the hub's stream.
    ///
    /// # Errors
    /// The hash is not written as it should be.
    pub fn head(&self) -> Result<Position, EnrolmentError> {
        let bytes = unhex(&self.head.1).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let hash = bytes.ok_or(EnrolmentError::Unreadable("head"))?;
        Ok(Position {
            seq: self.head.0,
            hash: Hash::from(hash),
        })
    }

    /// The keys with which the boxes before signed the tickets of `cinema`.
    ///
    /// # Errors
    /// One is not written as it should be.
    pub fn keys(&self, cinema: &CinemaId) -> Result<Vec<PublicKey<Tickets>>, EnrolmentError> {
        let keys = self.ticket_keys.iter();
        keys.map(|key| read_key(cinema, key, "ticket_keys"))
            .collect()
    }
}

/// A life of a box or the hub, in JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HexLife {
    /// Its number.
    pub number: u64,
    /// Its 16 random bytes as hex.
    pub random: String,
}

/// Who wants to be enrolled, once both proofs have been found right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    /// The box's key for frames.
    pub frame_key: PublicKey<Frames>,
    /// The box's key for tickets.
    pub ticket_key: PublicKey<Tickets>,
    /// The life of the box.
    pub incarnation: Incarnation,
}

/// What a box knows of the hub from its enrolment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownHub {
    /// The hub's key for frames of this cinema.
    pub frame_key: PublicKey<Frames>,
    /// The hub's key for its tickets of this cinema, if it has told one.
    pub ticket_key: Option<PublicKey<Tickets>>,
    /// The life of the hub.
    pub generation: Generation,
    /// The list of the cinema's keys, if it has told one; its root has signed it.
    pub key_list: Option<ToldKeyList>,
}

/// Why an enrolment cannot be read or believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnrolmentError {
    /// A key, a signature or random bits are not written as they should be.
    #[error("{0} is not written as it should be")]
    Unreadable(&'static str),
    /// The applicant has not the secret half of a key that it names.
    #[error("the proof for {0} is wrong")]
    NotProven(&'static str),
    /// The answer is for another cinema.
    #[error("the answer is for another cinema")]
    OtherCinema,
}

impl EnrolmentRequest {
    /// A request with its proofs.
    pub fn new(
        device: DeviceId,
        code: &str,
        frame_key: &SecretKey<Frames>,
        ticket_key: &SecretKey<Tickets>,
        incarnation: Incarnation,
    ) -> Self {
        let mut request = Self {
            cinema: frame_key.cinema().clone(),
            device,
            code: code.to_owned(),
            frame_key: hex(frame_key.public().as_bytes()),
            ticket_key: hex(ticket_key.public().as_bytes()),
            incarnation: HexLife::from(incarnation.0),
            frame_proof: String::new(),
            ticket_proof: String::new(),
            is_blank: false,
            former: None,
        };
        let signed = request.signed_bytes();
        request.frame_proof = hex(&frame_key.sign_bytes(&signed));
        request.ticket_proof = hex(&ticket_key.sign_bytes(&signed));
        request
    }

    /// The keys, once both proofs are found right. Whether the code is any good is for the hub to say.
    ///
    /// # Errors
    /// See [`EnrolmentError`].
    pub fn verify(&self) -> Result<Applicant, EnrolmentError> {
        let signed = self.signed_bytes();
        let frame_key = read_key(&self.cinema, &self.frame_key, "frame_key")?;
        let ticket_key = read_key(&self.cinema, &self.ticket_key, "ticket_key")?;
        check_proof(&frame_key, &signed, &self.frame_proof, "frame_key")?;
        check_proof(&ticket_key, &signed, &self.ticket_proof, "ticket_key")?;
        Ok(Applicant {
            frame_key,
            ticket_key,
            incarnation: Incarnation(self.incarnation.read()?),
        })
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let life = (self.incarnation.number, &self.incarnation.random);
        // Texts and a number in an array: nothing that CBOR could refuse.
        encode(&(
            WORD,
            &self.cinema,
            &self.device,
            &self.code,
            &self.frame_key,
            &self.ticket_key,
            life,
        ))
        .unwrap_or_default()
    }
}

impl EnrolmentAnswer {
    /// The hub's answer to `cinema`.
    pub fn new(
        (frames, tickets): (&PublicKey<Frames>, &PublicKey<Tickets>),
        generation: Generation,
        broker: String,
    ) -> Self {
        Self {
            cinema: frames.cinema().clone(),
            hub_frame_key: hex(frames.as_bytes()),
            hub_ticket_key: Some(hex(tickets.as_bytes())),
            generation: HexLife::from(generation.0),
            broker,
            succession: None,
            key_list: None,
        }
    }

    /// What the box keeps of it.
    ///
    /// # Errors
    /// It is unreadable, or for another cinema.
    pub fn read(&self, cinema: &CinemaId) -> Result<KnownHub, EnrolmentError> {
        if self.cinema != *cinema {
            return Err(EnrolmentError::OtherCinema);
        }
        let frame_key = read_key(cinema, &self.hub_frame_key, "hub_frame_key")?;
        let ticket_key = self.hub_ticket_key.as_deref();
        let ticket_key = ticket_key.map(|key| read_key(cinema, key, "hub_ticket_key"));
        let key_list = self.key_list.as_ref().map(|told| told.read(cinema));
        Ok(KnownHub {
            frame_key,
            ticket_key: ticket_key.transpose()?,
            generation: Generation(self.generation.read()?),
            key_list: key_list.transpose()?,
        })
    }
}

impl HexKeyList {
    fn read(&self, cinema: &CinemaId) -> Result<ToldKeyList, EnrolmentError> {
        let unreadable = EnrolmentError::Unreadable("key_list");
        let root = unhex(&self.root).and_then(|bytes| KeyBytes::try_from(bytes.as_slice()).ok());
        let told = ToldKeyList {
            root: root.ok_or(unreadable)?,
            list: Blob(unhex(&self.list).ok_or(unreadable)?),
        };
        match told.read(cinema) {
            Ok(_) => Ok(told),
            Err(_) => Err(unreadable),
        }
    }
}

impl From<&ToldKeyList> for HexKeyList {
    fn from(told: &ToldKeyList) -> Self {
        Self {
            root: told.root.to_string(),
            list: hex(&told.list.0),
        }
    }
}

impl HexLife {
    fn read(&self) -> Result<Life, EnrolmentError> {
        let bytes = unhex(&self.random).and_then(|bytes| Nonce::try_from(bytes.as_slice()).ok());
        let random = bytes.ok_or(EnrolmentError::Unreadable("random"))?;
        // No database keeps a larger one.
        if i64::try_from(self.number).is_err() {
            return Err(EnrolmentError::Unreadable("number"));
        }
        Ok(Life {
            number: self.number,
            random,
        })
    }
}

impl From<Life> for HexLife {
    fn from(life: Life) -> Self {
        Self {
            number: life.number,
            random: life.random.to_string(),
        }
    }
}

fn read_key<P: Purpose>(
    cinema: &CinemaId,
    text: &str,
    name: &'static str,
) -> Result<PublicKey<P>, EnrolmentError> {
    let bytes = unhex(text).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let key = bytes.and_then(|bytes| PublicKey::from_bytes(cinema.clone(), &bytes).ok());
    key.ok_or(EnrolmentError::Unreadable(name))
}

fn check_proof<P: Purpose>(
    key: &PublicKey<P>,
    signed: &[u8],
    proof: &str,
    name: &'static str,
) -> Result<(), EnrolmentError> {
    let proof = unhex(proof).ok_or(EnrolmentError::Unreadable(name))?;
    if key.proves(signed, &proof) {
        Ok(())
    } else {
        Err(EnrolmentError::NotProven(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> EnrolmentRequest {
        let cinema: CinemaId = "metropol".parse().unwrap();
        let frames = SecretKey::from_seed(cinema.clone(), &[1; 32]);
        let tickets = SecretKey::from_seed(cinema, &[2; 32]);
        let incarnation = Incarnation::first(Nonce::from([3; 16]));
        EnrolmentRequest::new(
            "box-1".parse().unwrap(),
            "ABCD-EFGH",
            &frames,
            &tickets,
            incarnation,
        )
    }

    #[test]
    fn a_request_proves_both_keys() {
        let applicant = request().verify().unwrap();
        assert_eq!(
            applicant.incarnation,
            Incarnation::first(Nonce::from([3; 16]))
        );
        let key = SecretKey::<Frames>::from_seed("metropol".parse().unwrap(), &[1; 32]);
        assert_eq!(&applicant.frame_key, key.public());
    }

    #[test]
    fn a_number_that_no_database_keeps_cannot_be_read() {
        let cinema: CinemaId = "metropol".parse().unwrap();
        let frames = SecretKey::from_seed(cinema.clone(), &[1; 32]);
        let tickets = SecretKey::from_seed(cinema, &[2; 32]);
        let verified = |number: u64| {
            let random = Nonce::from([3; 16]);
            let life = Incarnation(Life { number, random });
            let device = "box-1".parse().unwrap();
            EnrolmentRequest::new(device, "ABCD-EFGH", &frames, &tickets, life).verify()
        };
        assert!(verified(i64::MAX.unsigned_abs()).is_ok());
        let refused = Err(EnrolmentError::Unreadable("number"));
        assert_eq!(verified(1 << 63), refused);
    }

    #[test]
    fn nothing_of_a_request_can_be_changed() {
        let other = SecretKey::<Frames>::from_seed("metropol".parse().unwrap(), &[9; 32]);
        let check = |change: fn(&mut EnrolmentRequest), error| {
            let mut request = request();
            change(&mut request);
            assert_eq!(request.verify(), Err(error));
        };
        check(
            |r| r.cinema = "odeon".parse().unwrap(),
            EnrolmentError::NotProven("frame_key"),
        );
        check(
            |r| r.code = "ABCD-EFGJ".into(),
            EnrolmentError::NotProven("frame_key"),
        );
        check(
            |r| r.incarnation.number = 2,
            EnrolmentError::NotProven("frame_key"),
        );
        check(
            |r| r.ticket_proof = r.frame_proof.clone(),
            EnrolmentError::NotProven("ticket_key"),
        );
        check(
            |r| r.frame_key = "zz".into(),
            EnrolmentError::Unreadable("frame_key"),
        );
        let stolen = EnrolmentRequest {
            frame_key: hex(other.public().as_bytes()),
            ..request()
        };
        assert_eq!(stolen.verify(), Err(EnrolmentError::NotProven("frame_key")));
    }

    #[test]
    fn an_answer_is_for_one_cinema() {
        let hub = SecretKey::<Frames>::from_seed("metropol".parse().unwrap(), &[4; 32]);
        let generation = Generation::first(Nonce::from([5; 16]));
        let tickets = SecretKey::<Tickets>::from_seed("metropol".parse().unwrap(), &[6; 32]);
        let keys = (hub.public(), tickets.public());
        let answer = EnrolmentAnswer::new(keys, generation, "mqtt://127.0.0.1:1883".into());
        let known = answer.read(&"metropol".parse().unwrap()).unwrap();
        assert_eq!(
            (&known.frame_key, known.generation),
            (hub.public(), generation)
        );
        assert_eq!(known.ticket_key.as_ref(), Some(tickets.public()));
        let old = EnrolmentAnswer {
            hub_ticket_key: None,
            ..answer.clone()
        };
        let known = old.read(&"metropol".parse().unwrap()).unwrap();
        assert_eq!(known.ticket_key, None, "a hub of the first version");
        let wrong = EnrolmentAnswer {
            hub_ticket_key: Some("00".into()),
            ..answer.clone()
        };
        assert_eq!(
            wrong.read(&"metropol".parse().unwrap()),
            Err(EnrolmentError::Unreadable("hub_ticket_key"))
        );
        assert_eq!(
            answer.read(&"odeon".parse().unwrap()),
            Err(EnrolmentError::OtherCinema)
        );
    }
}
