//! What can be asked of the demo.

/// The choices of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) hub: Hub,
    pub(crate) data: Data,
}

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

const USAGE: &str = "It is `cargo demo [--hub on|off] [--keep]`: --hub off begins with the hub switched off, --keep goes on with the data of the last demo.";

impl Options {
    /// Reads the arguments.
    ///
    /// # Errors
    /// The words for whoever mistyped one.
    pub(crate) fn from_arguments(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            hub: Hub::On,
            data: Data::Fresh,
        };
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--keep" => options.data = Data::OfTheLastDemo,
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
    fn the_hub_can_be_off_at_first() {
        let read =
            |words: &[&str]| Options::from_arguments(words.iter().map(|word| (*word).to_owned()));
        assert_eq!(
            read(&[]),
            Ok(Options {
                hub: Hub::On,
                data: Data::Fresh
            })
        );
        assert_eq!(
            read(&["--hub", "off", "--keep"]),
            Ok(Options {
                hub: Hub::Off,
                data: Data::OfTheLastDemo
            })
        );
        assert!(read(&["--hub"]).is_err());
        assert!(read(&["--hub", "maybe"]).is_err());
    }
}
