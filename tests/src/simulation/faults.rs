//! What goes wrong: a list that the seed makes, so that it can be made shorter.

use std::time::Duration;

use super::chain::{CINEMAS, Who};
use super::dice::Dice;
use super::mains::Kept;
use sync_agent::Weather;

/// Something that goes wrong, at a step, for so many steps.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Before this step.
    pub at: usize,
    /// How many steps later it is over.
    pub lasts: usize,
    /// What it is.
    pub what: What,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum What {
    /// The line of a cinema is cut.
    LineCut(usize),
    /// The broker ends and forgets what it kept.
    BrokerGone,
    /// Messages are lost, repeated, reordered and damaged.
    Storm(Weather),
    /// A process is killed.
    Killed(Who),
    /// The power goes in the middle of the next write.
    PowerCut(Who, Kept),
    /// A clock is set, forward or back.
    ClockSet(Who, i64),
    /// The printer of a cinema has no paper, or loses papers and answers.
    PrinterOff(usize),
    /// The card terminal of a cinema answers nobody.
    TerminalOff(usize),
    /// The payment provider answers the hub no more.
    ProviderOff,
    /// Head office hands seats over to a cinema by a code, and somebody there scans one: this or another, then and later, once or twice.
    Code(usize),
    /// The hub's database is put back as it was when this began.
    HubPutBack,
    /// The same, and a person takes it as it is at once, cinema by cinema.
    HubTakenAsItIs,
    /// By the clock of a cinema the films have begun, and somebody there takes seats over that are the hub's.
    Takeover(usize),
    /// The manager of a cinema puts a showtime into another room, and back.
    Moved(usize),
}

/// The kinds of faults, as the matrix has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// See [`What::LineCut`].
    LineCut,
    /// See [`What::BrokerGone`].
    BrokerGone,
    /// See [`What::Storm`].
    Storm,
    /// A box is killed.
    BoxKilled,
    /// The hub is killed.
    HubKilled,
    /// The power of a box goes.
    BoxWithoutPower,
    /// The power of the hub goes.
    HubWithoutPower,
    /// The clock of a box is set.
    BoxClockSet,
    /// The clock of the hub is set.
    HubClockSet,
    /// See [`What::PrinterOff`].
    PrinterOff,
    /// See [`What::TerminalOff`].
    TerminalOff,
    /// See [`What::ProviderOff`].
    ProviderOff,
    /// See [`What::Code`].
    Code,
    /// See [`What::HubPutBack`].
    HubPutBack,
    /// See [`What::HubTakenAsItIs`].
    HubTakenAsItIs,
    /// See [`What::Takeover`].
    Takeover,
    /// See [`What::Moved`].
    Moved,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::LineCut,
        Self::BrokerGone,
        Self::Storm,
        Self::BoxKilled,
        Self::HubKilled,
        Self::BoxWithoutPower,
        Self::HubWithoutPower,
        Self::BoxClockSet,
        Self::HubClockSet,
        Self::PrinterOff,
        Self::TerminalOff,
        Self::ProviderOff,
        Self::Code,
        Self::HubPutBack,
        Self::HubTakenAsItIs,
        Self::Takeover,
        Self::Moved,
    ];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::LineCut => "line cut",
            Self::BrokerGone => "broker gone",
            Self::Storm => "bad weather",
            Self::BoxKilled => "box killed",
            Self::HubKilled => "hub killed",
            Self::BoxWithoutPower => "box: power cut",
            Self::HubWithoutPower => "hub: power cut",
            Self::BoxClockSet => "box: clock set",
            Self::HubClockSet => "hub: clock set",
            Self::PrinterOff => "printer off",
            Self::TerminalOff => "terminal off",
            Self::ProviderOff => "provider off",
            Self::Code => "hand-over code",
            Self::HubPutBack => "hub put back",
            Self::HubTakenAsItIs => "hub as it is",
            Self::Takeover => "takeover",
            Self::Moved => "showtime moved",
        }
    }
}

impl What {
    /// Its kind.
    pub fn kind(self) -> Kind {
        match self {
            Self::LineCut(_) => Kind::LineCut,
            Self::BrokerGone => Kind::BrokerGone,
            Self::Storm(_) => Kind::Storm,
            Self::Killed(Who::Box(_)) => Kind::BoxKilled,
            Self::Killed(Who::Hub) => Kind::HubKilled,
            Self::PowerCut(Who::Box(_), _) => Kind::BoxWithoutPower,
            Self::PowerCut(Who::Hub, _) => Kind::HubWithoutPower,
            Self::ClockSet(Who::Box(_), _) => Kind::BoxClockSet,
            Self::ClockSet(Who::Hub, _) => Kind::HubClockSet,
            Self::PrinterOff(_) => Kind::PrinterOff,
            Self::TerminalOff(_) => Kind::TerminalOff,
            Self::ProviderOff => Kind::ProviderOff,
            Self::Code(_) => Kind::Code,
            Self::HubPutBack => Kind::HubPutBack,
            Self::HubTakenAsItIs => Kind::HubTakenAsItIs,
            Self::Takeover(_) => Kind::Takeover,
            Self::Moved(_) => Kind::Moved,
        }
    }

    /// The cinemas that it meets.
    pub fn cinemas(self) -> Vec<usize> {
        match self {
            Self::LineCut(cinema)
            | Self::PrinterOff(cinema)
            | Self::TerminalOff(cinema)
            | Self::Code(cinema)
            | Self::Takeover(cinema)
            | Self::Moved(cinema)
            | Self::Killed(Who::Box(cinema))
            | Self::PowerCut(Who::Box(cinema), _)
            | Self::ClockSet(Who::Box(cinema), _) => vec![cinema],
            Self::BrokerGone
            | Self::Storm(_)
            | Self::ProviderOff
            | Self::HubPutBack
            | Self::HubTakenAsItIs
            | Self::Killed(Who::Hub)
            | Self::PowerCut(Who::Hub, _)
            | Self::ClockSet(Who::Hub, _) => (0..CINEMAS.len()).collect(),
        }
    }

    /// In words.
    pub fn words(self) -> String {
        match self {
            Self::LineCut(cinema) => format!("the line of {} is cut", CINEMAS[cinema]),
            Self::BrokerGone => "the broker is gone".to_owned(),
            Self::Storm(weather) => format!("{weather:?}"),
            Self::Killed(who) => format!("{} is killed", who.name()),
            Self::PowerCut(who, kept) => format!(
                "the power of {} goes in the middle of its next write ({kept:?} of it is kept)",
                who.name()
            ),
            Self::ClockSet(who, by) => format!("the clock of {} is set by {by} s", who.name()),
            Self::PrinterOff(cinema) => format!("the printer of {} is off", CINEMAS[cinema]),
            Self::TerminalOff(cinema) => format!("the terminal of {} is off", CINEMAS[cinema]),
            Self::ProviderOff => "the payment provider is out of reach".to_owned(),
            Self::Code(cinema) => format!("seats are handed over to {} by code", CINEMAS[cinema]),
            Self::HubPutBack => "the hub is to be put back to this moment".to_owned(),
            Self::HubTakenAsItIs => {
                "the hub is to be put back to this moment and taken as it is".to_owned()
            }
            Self::Takeover(cinema) => format!("somebody at {} takes seats over", CINEMAS[cinema]),
            Self::Moved(cinema) => format!("{} moves a showtime", CINEMAS[cinema]),
        }
    }
}

/// The longest that a fault lasts, in steps, for most and for some.
const SHORT: usize = 60;
const LONG: usize = 600;

/// How far a clock is set, in seconds: a minute, an hour, a day, a month.
const CLOCKS: [i64; 8] = [
    -60, 60, -3_600, 3_600, -86_400, 86_400, -2_592_000, 2_592_000,
];

/// The faults of a seed: so many, in so many steps.
pub fn faults(dice: &Dice, count: usize, steps: usize) -> Vec<Fault> {
    let mut faults: Vec<Fault> = (0..count)
        .map(|_| {
            let what = what(dice);
            // Money that goes back is on its way for a moment only, unless nobody takes it.
            let is_long = what == What::ProviderOff || dice.below(3) == 0;
            Fault {
                at: dice.below(steps),
                lasts: match is_long {
                    true => 1 + dice.below(LONG),
                    false => 1 + dice.below(SHORT),
                },
                what,
            }
        })
        .collect();
    faults.sort_by_key(|fault| fault.at);
    faults
}

/// Some of the copies that are put back a person takes as they are: by dice of their own, so that all else of a seed is as it is without.
pub fn take_as_it_is(dice: &Dice, faults: &mut [Fault]) {
    for fault in faults {
        if fault.what == What::HubPutBack && dice.below(2) == 0 {
            fault.what = What::HubTakenAsItIs;
        }
    }
}

/// How often showtimes are moved in so many steps: by dice of their own, so that all else of a seed is as it is without.
pub fn moves(dice: &Dice, count: usize, steps: usize) -> impl Iterator<Item = Fault> {
    (0..count).map(move |_| Fault {
        at: dice.below(steps),
        lasts: 1 + dice.below(LONG),
        what: What::Moved(dice.below(CINEMAS.len())),
    })
}

fn what(dice: &Dice) -> What {
    let cinema = dice.below(CINEMAS.len());
    let who = match dice.below(2) {
        0 => Who::Hub,
        _ => Who::Box(cinema),
    };
    match dice.below(34) {
        0..=3 => What::LineCut(cinema),
        4 => What::BrokerGone,
        5..=7 => {
            let [lose, repeat, reorder] =
                [30, 20, 20].map(|most| u8::try_from(dice.below(most)).unwrap_or(0));
            What::Storm(Weather {
                lose,
                repeat,
                reorder,
                flip: 2,
            })
        }
        8..=10 => What::Killed(who),
        11..=14 => What::PowerCut(who, dice.one_of(&[Kept::Nothing, Kept::Some, Kept::All])),
        15..=17 => What::ClockSet(who, dice.one_of(&CLOCKS)),
        18 | 19 => What::PrinterOff(cinema),
        20 | 21 => What::TerminalOff(cinema),
        22..=25 => What::ProviderOff,
        26..=29 => What::Code(cinema),
        30 | 31 => What::HubPutBack,
        _ => What::Takeover(cinema),
    }
}

/// How long a step takes, if nothing comes due: mostly a moment.
pub fn pause(dice: &Dice) -> Duration {
    let most = match dice.below(10) {
        0 => 60_000,
        1..=3 => 5_000,
        _ => 300,
    };
    Duration::from_millis(dice.below(most) as u64)
}
