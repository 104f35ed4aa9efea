//! Why the link of a cinema and its hub does not do its work although somebody can be reached: one list for both ends, with its words. A
//! line that is only cut has no trouble.

use serde::{Deserialize, Serialize};

/// Why a link is refused or stands still. A person must act: [`LinkTrouble::words`] says who refuses whom, and the way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkTrouble {
    /// The hub has revoked the box's key.
    KeyRevoked,
    /// The hub knows no such box.
    UnknownBox,
    /// Whoever answers is not the hub that the box was enrolled with.
    UnknownHub,
    /// One end speaks for another cinema.
    OtherCinema,
    /// The hub knows the box by another life: its data was exchanged.
    OtherBox,
    /// The box knows the hub by another life.
    OtherHub,
    /// The box has forgotten what it told: its data is old.
    BoxForgot,
    /// The hub has forgotten what it told: its data is old.
    HubForgot,
    /// One end has forgotten what it told, and an older program does not say which.
    Forgot,
    /// Both have the same events with different content.
    Forked,
    /// The box may be a copy of the one that the hub has heard last.
    Copied,
    /// The hub was put back from so old a copy that the box cannot tell it the rest any more.
    HubTooOld,
    /// The box was put back from so old a copy that the hub cannot tell it the rest any more.
    BoxTooOld,
    /// The two programs speak different versions of the protocol.
    OtherProtocol,
    /// The box is too old for something that the hub tells.
    BoxMustUpdate,
    /// The hub is too old for something that the box tells.
    HubMustUpdate,
    /// Nobody answers there, or not to the end: the line is cut, and comes back by itself.
    Unreachable,
    /// Who answers there speaks no TLS, or none that is still safe.
    NoTls,
    /// The broker's certificate is signed by nobody who is trusted.
    NotTrusted,
    /// The broker's certificate is for another name.
    OtherName,
    /// The broker's certificate has expired, or is not valid yet.
    Expired,
    /// The broker wants a certificate, and none was shown.
    CertificateWanted,
    /// The broker refuses the certificate that it was shown.
    CertificateRefused,
    /// The broker knows who asks, and does not let them in.
    NotLetIn,
    /// Our own files for the line cannot be used.
    OurFiles,
    /// The broker does not let this end hear its topics.
    BrokerTopics,
    /// The broker speaks no protocol or takes no name of ours.
    BrokerProtocol,
    /// Another machine comes with this one's name, and the two throw each other off the broker.
    SameIdentity,
}

impl LinkTrouble {
    /// Every one.
    pub const ALL: [Self; 28] = [
        Self::KeyRevoked,
        Self::UnknownBox,
        Self::UnknownHub,
        Self::OtherCinema,
        Self::OtherBox,
        Self::OtherHub,
        Self::BoxForgot,
        Self::HubForgot,
        Self::Forgot,
        Self::Forked,
        Self::Copied,
        Self::HubTooOld,
        Self::BoxTooOld,
        Self::OtherProtocol,
        Self::BoxMustUpdate,
        Self::HubMustUpdate,
        Self::Unreachable,
        Self::NoTls,
        Self::NotTrusted,
        Self::OtherName,
        Self::Expired,
        Self::CertificateWanted,
        Self::CertificateRefused,
        Self::NotLetIn,
        Self::OurFiles,
        Self::BrokerTopics,
        Self::BrokerProtocol,
        Self::SameIdentity,
    ];

    /// `none`, and every code: the names that a number in `/metrics` has.
    pub const NAMES: [&'static str; Self::ALL.len() + 1] = {
        let mut names = ["none"; Self::ALL.len() + 1];
        let mut place = 0;
        while place < Self::ALL.len() {
            names[place + 1] = Self::ALL[place].code();
            place += 1;
        }
        names
    };

    /// Whether somebody who is there refuses the other; else the line is not there, or nobody knows who answers.
    pub const fn refuses(self) -> bool {
        !matches!(
            self,
            Self::Unreachable
                | Self::NoTls
                | Self::NotTrusted
                | Self::OtherName
                | Self::Expired
                | Self::CertificateWanted
                | Self::CertificateRefused
                | Self::OurFiles
        )
    }

    /// Its stable code, as in JSON, `/metrics` and the screens' messages.
    pub const fn code(self) -> &'static str {
        match self {
            Self::KeyRevoked => "key_revoked",
            Self::UnknownBox => "unknown_box",
            Self::UnknownHub => "unknown_hub",
            Self::OtherCinema => "other_cinema",
            Self::OtherBox => "other_box",
            Self::OtherHub => "other_hub",
            Self::BoxForgot => "box_forgot",
            Self::HubForgot => "hub_forgot",
            Self::Forgot => "forgot",
            Self::Forked => "forked",
            Self::Copied => "copied",
            Self::HubTooOld => "hub_too_old",
            Self::BoxTooOld => "box_too_old",
            Self::OtherProtocol => "other_protocol",
            Self::BoxMustUpdate => "box_must_update",
            Self::HubMustUpdate => "hub_must_update",
            Self::Unreachable => "unreachable",
            Self::NoTls => "no_tls",
            Self::NotTrusted => "not_trusted",
            Self::OtherName => "other_name",
            Self::Expired => "expired",
            Self::CertificateWanted => "certificate_wanted",
            Self::CertificateRefused => "certificate_refused",
            Self::NotLetIn => "not_let_in",
            Self::OurFiles => "our_files",
            Self::BrokerTopics => "broker_topics",
            Self::BrokerProtocol => "broker_protocol",
            Self::SameIdentity => "same_identity",
        }
    }

    /// Who refuses whom, why, and what a person can do.
    pub fn words(self) -> &'static str {
        match self {
            Self::KeyRevoked => {
                "head office has revoked this box, and nothing new is sold at it; it stays so, and only head office can say what takes its place"
            }
            Self::UnknownBox => {
                "the hub knows no such box; ask head office for a code and enrol it: appliance enrol CODE --hub ADDRESS"
            }
            Self::UnknownHub => {
                "the box refuses whoever answers: it is not the hub that it was enrolled with; check the broker's address, or enrol the box anew"
            }
            Self::OtherCinema => {
                "box and hub speak for different cinemas; enrol the box for the cinema that it was set up for"
            }
            Self::OtherBox => {
                "the hub knows this box by another life: its data folder was exchanged; put back the one that was enrolled"
            }
            Self::OtherHub => {
                "the hub is in another life than the box was enrolled in; ask head office whether its data was exchanged"
            }
            Self::BoxForgot => {
                "the hub knows of sales that this box has forgotten: its data is an old copy; put back the newest, and sell nothing before"
            }
            Self::HubForgot => {
                "the box knows of events that the hub has forgotten: its data is an old copy; head office puts back the newest"
            }
            Self::Forgot => {
                "box or hub has forgotten what it told: its data is an old copy; put back the newest"
            }
            Self::Forked => {
                "box and hub have different events under the same numbers: one of them was put back and went on; head office must decide which is right"
            }
            Self::Copied => {
                "the hub refuses this box as a copy: another with the same identity was heard after it; switch one of the two off"
            }
            Self::HubTooOld => {
                "the hub was put back from a copy so old that the box keeps no more what it would have to be told: head office puts back a newer copy, or, if there is none, has another box take the place of this one"
            }
            Self::BoxTooOld => {
                "the box was put back from a copy so old that the hub keeps no more what it would have to be told: have head office say what takes its place"
            }
            Self::OtherProtocol => {
                "box and hub speak different versions of the protocol; update the older one"
            }
            Self::BoxMustUpdate => {
                "the box is too old to understand what the hub tells; update the box"
            }
            Self::HubMustUpdate => {
                "the hub is too old to understand what the box tells; head office updates the hub"
            }
            Self::Unreachable => "nobody answers; the line is tried again and again",
            Self::NoTls => {
                "what answers at the broker's address is not encrypted; check the address"
            }
            Self::NotTrusted => {
                "the broker's certificate is signed by nobody who is trusted; check `authority` in the settings"
            }
            Self::OtherName => {
                "the broker's certificate is for another name than its address; check the address"
            }
            Self::Expired => {
                "the broker's certificate has expired, or a clock is wrong; renew it, or set the clock"
            }
            Self::CertificateWanted => {
                "the broker wants a certificate; set `certificate` and `key`"
            }
            Self::CertificateRefused => {
                "the broker refuses the certificate that it was shown; have a new one made"
            }
            Self::NotLetIn => {
                "the broker refuses the log-in; check name, password or certificate in the settings and at the broker"
            }
            Self::OurFiles => {
                "the files of this machine for the line cannot be used; check the settings"
            }
            Self::BrokerTopics => {
                "the broker lets nobody of this name hear its topics; check the access list at the broker"
            }
            Self::BrokerProtocol => {
                "the broker takes no client like this one; check its address, and that it speaks MQTT 3.1.1"
            }
            Self::SameIdentity => {
                "another machine comes with the same identity, and the two throw each other off the broker; switch one of them off"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_has_a_code_of_its_own_which_is_what_json_says() {
        let codes: BTreeSet<_> = LinkTrouble::ALL.map(LinkTrouble::code).into();
        assert_eq!(codes.len(), LinkTrouble::ALL.len());
        for trouble in LinkTrouble::ALL {
            let json = serde_json::to_value(trouble).unwrap();
            assert_eq!(json, trouble.code());
        }
    }
}
