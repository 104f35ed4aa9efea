//! What `[mail]` says, checked at the start.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;

use reqwest::Url;
use service::process::OpenError;

use super::smtp::{Encrypted, Mailer, Server, Trust};
use crate::config::{Mail, Secret};

/// The largest file of a certificate.
const LARGEST_FILE: u64 = 64 * 1024;

/// The ports of mails that somebody hands in (RFC 8314, section 3.3; RFC 6409, section 3.1).
const PORT_AT_ONCE: u16 = 465;
const PORT_LATER: u16 = 587;

/// The mailer that the settings name; none, if guests are not written to. `is_addressed` is whether others reach the hub's address.
///
/// # Errors
/// They do not fit; the words say which and what to do.
pub(crate) fn mailer(mail: Option<&Mail>, is_addressed: bool) -> Result<Option<Mailer>, OpenError> {
    let wrong = |why: String| OpenError::Settings(format!("[mail] {why}"));
    let made = mail.map(|mail| {
        if !is_addressed {
            return Err("a mail has a link to the booking, and nobody has said under which address people have the hub: set [http] public".to_owned());
        }
        let server = server(&mail.smtp, mail.authority.is_some())?;
        let trust = trust(mail)?;
        sync_agent::enrol::provide_tls();
        Mailer::by(&server, trust, (&mail.from, mail.reply_to.as_deref()))
    });
    made.transpose().map_err(wrong)
}

/// The server of an address; where somebody is named who signs its certificate, it has one, also on this machine.
fn server(address: &str, has_authority: bool) -> Result<Server, String> {
    let wrong = || {
        "smtp is no mail server, as in smtps://mail.example:465 or smtp://mail.example:587"
            .to_owned()
    };
    let url = Url::parse(address).map_err(|_| wrong())?;
    // Whoever reads the log would read them too.
    if !url.username().is_empty() || url.password().is_some() {
        return Err("smtp has a name or a password in it: set user and password_file".to_owned());
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(wrong());
    }
    let host = url.host_str().filter(|host| !host.is_empty());
    let host = host.ok_or_else(wrong)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let (encrypted, usual) = match url.scheme() {
        "smtps" => (Encrypted::AtOnce, PORT_AT_ONCE),
        "smtp" if here && !has_authority => (Encrypted::No, PORT_LATER),
        "smtp" => (Encrypted::Later, PORT_LATER),
        _ => return Err(wrong()),
    };
    Ok(Server {
        host: host.to_owned(),
        port: url.port().unwrap_or(usual),
        encrypted,
    })
}

fn trust(mail: &Mail) -> Result<Trust, String> {
    let file = mail.password_file.as_deref();
    let password = Secret::text_of("password", mail.password.as_ref(), file)?;
    let password = password.map(|text| text.trim_end_matches(['\r', '\n']).to_owned());
    let login = match (&mail.user, password) {
        (None, None) => None,
        (Some(user), Some(password)) if !user.is_empty() && !password.is_empty() => {
            Some((user.clone(), password))
        }
        (Some(_), Some(_)) => return Err("user or password is empty".to_owned()),
        (Some(_), None) => {
            return Err(
                "user has no password: set password_file, or FOYER_MAIL__PASSWORD in the environment"
                    .to_owned(),
            );
        }
        (None, Some(_)) => return Err("there is a password and no user: set user".to_owned()),
    };
    let authority = mail.authority.as_deref();
    Ok(Trust {
        login,
        authority: authority.map(certificate).transpose()?,
    })
}

fn certificate(file: &Path) -> Result<Vec<u8>, String> {
    let wrong = |why: &dyn fmt::Display| format!("authority {}: {why}", file.display());
    let about = std::fs::metadata(file).map_err(|why| wrong(&why))?;
    if !about.is_file() || about.len() > LARGEST_FILE {
        return Err(wrong(&"it is no file of a certificate"));
    }
    std::fs::read(file).map_err(|why| wrong(&why))
}

#[cfg(test)]
mod tests;
