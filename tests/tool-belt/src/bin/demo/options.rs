//! What can be asked of the demo.

/// The choices of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) hub: Hub,
    pub(crate) data: Data,
    /// How many cinemas the chain has, from 1 to [`MOST_CINEMAS`].
    pub(crate) cinemas: usize,
}

/// As many as there are sample programmes.
pub(crate) const MOST_CINEMAS: usize = 3;

/// Whether the hub runs when the addresses are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hub {
    On,
    Off,
}

/// What the demo begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Data {
    Fresh,
    OfTheLastDemo,
}

const USAGE: &str = "It is `cargo demo [--cinemas 1|2|3] [--hub on|off] [--keep]`: --cinemas 3 starts three boxes with programmes of their own, --hub off begins with the hub switched off, --keep goes on with the data of the last demo.";

impl Options {
    /// Reads the arguments.
    ///
    /// # Errors
    /// The words for whoever mistyped one.
    pub(crate) fn from_arguments(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            hub: Hub::On,
            data: Data::Fresh,
            cinemas: 1,
        };
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--keep" => options.data = Data::OfTheLastDemo,
                "--cinemas" => {
                    let count = arguments.next().and_then(|count| count.parse().ok());
                    let count = count.filter(|count| (1..=MOST_CINEMAS).contains(count));
                    options.cinemas = count.ok_or_else(|| USAGE.to_owned())?;
                }
                "--hub" => {
                    options.hub = match arguments.next().as_deref() {
                        Some("on") => Hub::On,
                        Some("off") => Hub::Off,
                        Some(_) | None => return Err(USAGE.to_owned()),
                    }
                }
                _ => return Err(USAGE.to_owned()),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::{Data, Hub, Options};

    #[test]
    fn the_hub_can_be_off_at_first_and_a_chain_have_three_cinemas() {
        let read =
            |words: &[&str]| Options::from_arguments(words.iter().map(|word| (*word).to_owned()));
        assert_eq!(
            read(&[]),
            Ok(Options {
                hub: Hub::On,
                data: Data::Fresh,
                cinemas: 1
            })
        );
        assert_eq!(
            read(&["--hub", "off", "--keep", "--cinemas", "3"]),
            Ok(Options {
                hub: Hub::Off,
                data: Data::OfTheLastDemo,
                cinemas: 3
            })
        );
        assert!(read(&["--hub"]).is_err());
        assert!(read(&["--hub", "maybe"]).is_err());
        for wrong in ["0", "4", "-1", "many", ""] {
            assert!(read(&["--cinemas", wrong]).is_err(), "{wrong}");
        }
    }
}
