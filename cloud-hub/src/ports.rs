//! What stands above the counter at the hub: its links, as the counter sees them.

use box_office::CinemaId;
use counter::Ports;

use crate::links::Links;

impl Ports for Links {
    fn written(&self, cinema: &CinemaId) {
        Links::written(self, cinema);
    }
}
