//! One conversation of SMTP (RFC 5321), as lines: what is answered to each, and when the mail itself may come. No I/O.

use std::mem;

use super::Mood;

/// The largest mail that is taken, in bytes, as it is said to whoever asks.
pub(super) const LARGEST_MAIL: usize = 20_000_000;

/// The longest address (RFC 5321, 4.5.3.1.3, without its angle brackets).
const LONGEST_ADDRESS: usize = 254;

/// Recipients of one mail: as many as RFC 5321 wants every server to take.
const MOST_RECIPIENTS: usize = 100;

/// The mail itself may come.
pub(super) const GO_ON: &str = "354 go on, and end with a dot on a line of its own";

/// Said to everybody in [`Mood::TooBusy`].
pub(super) const TOO_BUSY: &str = "421 4.3.2 too busy, try again later";

/// A mail that is larger than [`LARGEST_MAIL`].
pub(super) const TOO_LARGE: &str = "552 5.3.4 a mail of more than 20000000 bytes is not taken";

/// A line that is no command.
pub(super) const NO_COMMAND: &str = "500 5.5.2 that is no line of UTF-8 of bearable length";

const SYNTAX: &str = "501 5.5.4 that is MAIL FROM:<address> or RCPT TO:<address>";

const NOT_ASCII: &str = "553 5.6.7 such an address needs SMTPUTF8 at MAIL FROM";

/// Who sends a mail to whom, whatever the mail itself says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Envelope {
    pub(super) from: String,
    pub(super) to: Vec<String>,
}

/// What to do after a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Say this and listen.
    Says(String),
    /// Say this and hang up.
    HangsUp(&'static str),
    /// Say [`GO_ON`] and hear the mail.
    WantsMail(Envelope),
}

/// How far a conversation is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) enum Session {
    /// Nobody has said hello.
    #[default]
    Connected,
    /// The next mail can begin.
    Greeted,
    /// A mail has a sender.
    Addressed {
        envelope: Envelope,
        /// Its addresses may be more than ASCII.
        takes_utf8: bool,
    },
}

#[derive(Debug, PartialEq, Eq)]
enum Command {
    Hello,
    ExtendedHello,
    MailFrom { address: String, takes_utf8: bool },
    RcptTo(String),
    Mail,
    Reset,
    Nothing,
    Quit,
}

impl Session {
    /// What is said to whoever connects.
    pub(super) fn greeting(mood: Mood) -> Answer {
        match mood {
            Mood::TooBusy => Answer::HangsUp(TOO_BUSY),
            Mood::Takes
            | Mood::RefusesRecipient
            | Mood::NotNow
            | Mood::CutsBeforeItsAnswer
            | Mood::CutsInTheMiddle
            | Mood::SaysNothing => says("220 mail.example ESMTP, delivers nothing"),
        }
    }

    /// What is answered to a line.
    pub(super) fn hear(&mut self, line: &str, mood: Mood) -> Answer {
        if mood == Mood::TooBusy {
            return Answer::HangsUp(TOO_BUSY);
        }
        let command = match Command::read(line) {
            Ok(command) => command,
            Err(refused) => return says(refused),
        };
        let (session, answer) = mem::take(self).after(command, mood);
        *self = session;
        answer
    }

    fn after(self, command: Command, mood: Mood) -> (Self, Answer) {
        match (self, command) {
            (_, Command::Quit) => (
                Self::Connected,
                Answer::HangsUp("221 2.0.0 mail.example says good bye"),
            ),
            (_, Command::Hello) => (Self::Greeted, says("250 mail.example")),
            (_, Command::ExtendedHello) => (Self::Greeted, Answer::Says(extensions())),
            (session, Command::Nothing) => (session, says("250 2.0.0 here")),
            (Self::Connected, Command::Reset) => {
                (Self::Connected, says("250 2.0.0 nothing to forget"))
            }
            (Self::Greeted | Self::Addressed { .. }, Command::Reset) => {
                (Self::Greeted, says("250 2.0.0 forgotten"))
            }
            (Self::Connected, Command::MailFrom { .. } | Command::RcptTo(_) | Command::Mail) => {
                (Self::Connected, says("503 5.5.1 say EHLO first"))
            }
            (
                Self::Greeted,
                Command::MailFrom {
                    address,
                    takes_utf8,
                },
            ) => {
                let envelope = Envelope {
                    from: address,
                    to: Vec::new(),
                };
                let session = Self::Addressed {
                    envelope,
                    takes_utf8,
                };
                (session, says("250 2.1.0 the sender may send"))
            }
            (Self::Greeted, Command::RcptTo(_) | Command::Mail) => {
                (Self::Greeted, says("503 5.5.1 MAIL FROM comes first"))
            }
            (session @ Self::Addressed { .. }, Command::MailFrom { .. }) => (
                session,
                says("503 5.5.1 this mail has a sender; RSET forgets it"),
            ),
            (
                Self::Addressed {
                    mut envelope,
                    takes_utf8,
                },
                Command::RcptTo(address),
            ) => {
                let answer = recipient(&mut envelope, address, takes_utf8, mood);
                let session = Self::Addressed {
                    envelope,
                    takes_utf8,
                };
                (session, answer)
            }
            (
                Self::Addressed {
                    envelope,
                    takes_utf8,
                },
                Command::Mail,
            ) => {
                if envelope.to.is_empty() {
                    let session = Self::Addressed {
                        envelope,
                        takes_utf8,
                    };
                    return (session, says("554 5.5.1 there is nobody to send it to"));
                }
                (Self::Greeted, Answer::WantsMail(envelope))
            }
        }
    }
}

impl Command {
    fn read(line: &str) -> Result<Self, &'static str> {
        let line = line.trim_end();
        let (verb, argument) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" if argument.is_empty() => Err("501 5.5.4 say who you are"),
            "EHLO" => Ok(Self::ExtendedHello),
            "HELO" => Ok(Self::Hello),
            "MAIL" => sender(argument),
            "RCPT" => recipient_of(argument).map(Self::RcptTo),
            "DATA" | "RSET" | "QUIT" if !argument.is_empty() => {
                Err("501 5.5.4 nothing comes after that word")
            }
            "DATA" => Ok(Self::Mail),
            "RSET" => Ok(Self::Reset),
            "NOOP" => Ok(Self::Nothing),
            "QUIT" => Ok(Self::Quit),
            "AUTH" | "EXPN" | "HELP" | "STARTTLS" | "VRFY" => {
                Err("502 5.5.1 this server does not do that")
            }
            _ => Err("500 5.5.1 there is no such command"),
        }
    }
}

fn sender(argument: &str) -> Result<Command, &'static str> {
    let (address, parameters) = path(argument, "FROM:")?;
    let mut takes_utf8 = false;
    for parameter in parameters.split_ascii_whitespace() {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match (name.to_ascii_uppercase().as_str(), value) {
            ("SMTPUTF8", "") => takes_utf8 = true,
            ("BODY", body)
                if ["7BIT", "8BITMIME"]
                    .iter()
                    .any(|known| body.eq_ignore_ascii_case(known)) => {}
            ("SIZE", size) => match size.parse::<usize>() {
                Ok(size) if size <= LARGEST_MAIL => {}
                Ok(_) => return Err(TOO_LARGE),
                Err(_) => return Err("501 5.5.4 SIZE is a number of bytes"),
            },
            _ => return Err("555 5.5.4 MAIL FROM has no such parameter"),
        }
    }
    // A mail without a sender says that another was not delivered.
    if !address.is_empty() && !is_address(address) {
        return Err("553 5.1.7 that is no address of a sender");
    }
    if !address.is_ascii() && !takes_utf8 {
        return Err(NOT_ASCII);
    }
    Ok(Command::MailFrom {
        address: address.to_owned(),
        takes_utf8,
    })
}

fn recipient_of(argument: &str) -> Result<String, &'static str> {
    let (address, parameters) = path(argument, "TO:")?;
    if !parameters.trim().is_empty() {
        return Err("555 5.5.4 RCPT TO has no such parameter");
    }
    if !is_address(address) {
        return Err("553 5.1.3 that is no address of a recipient");
    }
    Ok(address.to_owned())
}

fn recipient(envelope: &mut Envelope, address: String, takes_utf8: bool, mood: Mood) -> Answer {
    if !address.is_ascii() && !takes_utf8 {
        return says(NOT_ASCII);
    }
    if envelope.to.len() == MOST_RECIPIENTS {
        return says("452 4.5.3 these are recipients enough");
    }
    if mood == Mood::RefusesRecipient {
        return Answer::Says(format!("550 5.1.1 <{address}> is nobody here"));
    }
    envelope.to.push(address);
    says("250 2.1.5 the recipient may be written to")
}

/// What stands between the angle brackets after `keyword`, and what comes after them.
fn path<'a>(argument: &'a str, keyword: &str) -> Result<(&'a str, &'a str), &'static str> {
    let (before, rest) = argument.split_at_checked(keyword.len()).ok_or(SYNTAX)?;
    let path = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    match path {
        Some((address, after))
            if before.eq_ignore_ascii_case(keyword)
                && (after.is_empty() || after.starts_with(' ')) =>
        {
            Ok((address, after))
        }
        Some(_) | None => Err(SYNTAX),
    }
}

/// Whether a server could deliver to it; it knows no quoted names.
fn is_address(address: &str) -> bool {
    let is_odd = |sign: char| sign.is_whitespace() || sign.is_control() || "<>\"".contains(sign);
    address.len() <= LONGEST_ADDRESS
        && !address.contains(is_odd)
        && address
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
}

/// What the server can do besides the oldest SMTP.
fn extensions() -> String {
    format!(
        "250-mail.example\r\n250-8BITMIME\r\n250-PIPELINING\r\n250-SIZE {LARGEST_MAIL}\r\n250 SMTPUTF8"
    )
}

fn says(words: &str) -> Answer {
    Answer::Says(words.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Answer, Envelope, LARGEST_MAIL, Mood, Session};

    /// Says all lines, and gives the codes that are answered to them: `250`, `221 ends`, `354`.
    fn codes(mood: Mood, lines: &[&str]) -> Vec<String> {
        let mut session = Session::default();
        let answers = lines.iter().map(|line| session.hear(line, mood));
        let code = |words: &str| words.chars().take(3).collect::<String>();
        answers
            .map(|answer| match answer {
                Answer::Says(words) => code(&words),
                Answer::HangsUp(words) => format!("{} ends", code(words)),
                Answer::WantsMail(_) => "354".to_owned(),
            })
            .collect()
    }

    fn check(lines_and_codes: &[(&str, &str)]) {
        let lines: Vec<&str> = lines_and_codes.iter().map(|(line, _)| *line).collect();
        let expected: Vec<&str> = lines_and_codes.iter().map(|(_, code)| *code).collect();
        assert_eq!(codes(Mood::Takes, &lines), expected, "{lines:?}");
    }

    #[test]
    fn a_mail_is_addressed_step_by_step() {
        check(&[
            ("EHLO hub.example", "250"),
            ("MAIL FROM:<a@foyer.example> BODY=8BITMIME SIZE=1000", "250"),
            ("RCPT TO:<b@home.example>", "250"),
            ("noop anything", "250"),
            ("data", "354"),
            ("HELO hub.example", "250"),
            ("mail from:<>", "250"),
            ("rset", "250"),
            ("QUIT", "221 ends"),
        ]);
    }

    #[test]
    fn the_envelope_is_what_was_said_last() {
        let mut session = Session::default();
        for line in [
            "EHLO hub.example",
            "MAIL FROM:<old@foyer.example>",
            "RSET",
            "MAIL FROM:<new@foyer.example>",
            "RCPT TO:<b@home.example>",
            "RCPT TO:<c@home.example>",
        ] {
            let answer = session.hear(line, Mood::Takes);
            assert!(
                matches!(answer, Answer::Says(words) if words.starts_with("250")),
                "{line}"
            );
        }
        let envelope = Envelope {
            from: "new@foyer.example".to_owned(),
            to: vec!["b@home.example".to_owned(), "c@home.example".to_owned()],
        };
        let wants = Answer::WantsMail(envelope);
        assert_eq!(session.hear("DATA", Mood::Takes), wants);
        assert_eq!(session, Session::Greeted);
    }

    #[test]
    fn what_is_out_of_order_is_refused_and_changes_nothing() {
        check(&[
            ("MAIL FROM:<a@foyer.example>", "503"),
            ("DATA", "503"),
            ("EHLO hub.example", "250"),
            ("RCPT TO:<b@home.example>", "503"),
            ("DATA", "503"),
            ("MAIL FROM:<a@foyer.example>", "250"),
            ("MAIL FROM:<a@foyer.example>", "503"),
            ("DATA", "554"),
            ("RCPT TO:<b@home.example>", "250"),
            ("DATA", "354"),
        ]);
    }

    #[test]
    fn what_is_wrong_is_refused() {
        let too_large = format!("MAIL FROM:<a@foyer.example> SIZE={}", LARGEST_MAIL + 1);
        check(&[
            ("EHLO", "501"),
            ("EHLO hub.example", "250"),
            ("VRFY somebody", "502"),
            ("STARTTLS", "502"),
            ("SELL two", "500"),
            ("", "500"),
            ("DATA at once", "501"),
            ("MAIL FROM:a@foyer.example", "501"),
            ("MAIL", "501"),
            ("MAIL FROM:<a foyer.example>", "553"),
            ("MAIL FROM:<a@foyer.example> RET=FULL", "555"),
            ("MAIL FROM:<a@foyer.example>SIZE=1", "501"),
            ("MAIL FROM:<a@foyer.example> SIZE=many", "501"),
            (too_large.as_str(), "552"),
            ("MAIL FROM:<ä@foyer.example>", "553"),
            ("MAIL FROM:<a@foyer.example>", "250"),
            ("RCPT TO:<>", "553"),
            ("RCPT TO:<ö@home.example>", "553"),
            ("RCPT TO:<b@home.example> NOTIFY=NEVER", "555"),
        ]);
        check(&[
            ("EHLO hub.example", "250"),
            ("MAIL FROM:<a@foyer.example> SMTPUTF8", "250"),
            ("RCPT TO:<ö@home.example>", "250"),
        ]);
    }

    #[test]
    fn recipients_have_an_end() {
        let mut lines = vec!["EHLO hub.example", "MAIL FROM:<a@foyer.example>"];
        lines.extend(["RCPT TO:<b@home.example>"; 101]);
        let answers = codes(Mood::Takes, &lines);
        assert_eq!(answers[101], "250");
        assert_eq!(answers[102], "452");
    }

    #[test]
    fn a_mood_is_heard_before_the_mail() {
        let lines = [
            "EHLO hub.example",
            "MAIL FROM:<a@foyer.example>",
            "RCPT TO:<b@home.example>",
        ];
        assert_eq!(codes(Mood::RefusesRecipient, &lines), ["250", "250", "550"]);
        assert_eq!(codes(Mood::TooBusy, &lines)[0], "421 ends");
        assert_eq!(
            Session::greeting(Mood::TooBusy),
            Answer::HangsUp(super::TOO_BUSY)
        );
    }
}
