//! A till that sells before the damage, and looks afterwards whether all of it is still there.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::load::appliance_process::Site;
use crate::load::connection::Connection;
use crate::load::programme_at_box::OnSale;

/// What was answered: each sale as it was, and who can sign for it.
#[derive(Debug, Default)]
pub(super) struct Sold {
    sales: Vec<Value>,
    keys: Value,
}

impl Sold {
    fn receipts(&self) -> BTreeSet<&str> {
        let receipts = self.sales.iter().map(|sale| &sale["receipt_number"]);
        receipts.filter_map(Value::as_str).collect()
    }
}

/// The till.
pub(super) struct Till {
    address: SocketAddr,
    token: String,
    on_sale: OnSale,
    /// How many pairs of seats were sold.
    pairs: usize,
}

/// An answer of the box; nothing, where it gave none.
type Answer = (u16, Value);

impl Till {
    pub(super) async fn pair(site: &Site) -> io::Result<Self> {
        let token = site.pair("till").await?;
        let on_sale = OnSale::ask(&mut Connection::open(site.address).await?).await?;
        Ok(Self {
            address: site.address,
            token,
            on_sale,
            pairs: 0,
        })
    }

    /// Sells so many pairs, and keeps what was answered.
    pub(super) async fn sell(&mut self, sales: usize, sold: &mut Sold) -> io::Result<()> {
        for _ in 0..sales {
            let (status, sale) = self.sell_pair(self.pairs).await?;
            if status != 200 {
                return Err(io::Error::other(format!("not sold: {status} {sale}")));
            }
            let id = sale["id"].as_str().unwrap_or_default();
            sold.sales
                .push(self.get(&format!("/api/v1/sales/{id}")).await?.1);
            self.pairs += 1;
        }
        sold.keys = self.get("/api/v1/ticket-keys").await?.1;
        Ok(())
    }

    /// Whether the box is ready, in its own words.
    pub(super) async fn ready(&self) -> io::Result<Answer> {
        self.get("/readyz").await
    }

    /// Whether everything is there that was answered, and selling goes on with new numbers; not, where the box stops in words.
    pub(super) async fn finds_all(&self, sold: &Sold) -> Result<bool, String> {
        let lost = |what: &str, answer: &Answer| match is_in_words(answer) {
            true => Ok(false),
            false => Err(format!("{what}: {answer:?}")),
        };
        let asked =
            |path: String| async move { self.get(&path).await.map_err(|why| why.to_string()) };
        for sale in &sold.sales {
            let id = sale["id"].as_str().unwrap_or_default();
            let found = asked(format!("/api/v1/sales/{id}")).await?;
            if found.0 != 200 || without_paper(&found.1) != without_paper(sale) {
                return lost(&format!("a sale is not what was answered: {sale}"), &found);
            }
        }
        let keys = asked("/api/v1/ticket-keys".to_owned()).await?;
        if keys != (200, sold.keys.clone()) {
            return lost("tickets that were sold verify no more", &keys);
        }
        for pair in [0, self.pairs - 1] {
            let again = self.hold(pair).await.map_err(|why| why.to_string())?;
            if again.0 != 409 {
                return lost("seats that were sold are sold again", &again);
            }
        }
        let next = self
            .sell_pair(self.pairs)
            .await
            .map_err(|why| why.to_string())?;
        let receipt = next.1["receipt_number"].as_str();
        match receipt {
            Some(receipt) if next.0 == 200 && !sold.receipts().contains(receipt) => Ok(true),
            Some(_) | None => lost("the next sale", &next),
        }
    }

    /// Nothing is sold, and whoever asks is told so.
    pub(super) async fn finds_it_stopped(&self) -> Result<(), String> {
        let held = self.hold(self.pairs).await.map_err(|why| why.to_string())?;
        match is_in_words(&held) {
            true => Ok(()),
            false => Err(format!("it is stopped and sells: {held:?}")),
        }
    }

    async fn sell_pair(&self, pair: usize) -> io::Result<Answer> {
        let held = self.hold(pair).await?;
        let Some(hold) = held.1["id"].as_str() else {
            return Ok(held);
        };
        let body = json!({ "cash_given_minor": 5_000 });
        self.post(
            &format!("/api/v1/holds/{hold}/settle"),
            &format!("settle-{pair}"),
            &body,
        )
        .await
    }

    async fn hold(&self, pair: usize) -> io::Result<Answer> {
        let (showtime, first, second) =
            (self.on_sale.pair(pair)).ok_or_else(|| io::Error::other("everything is sold"))?;
        let body = json!({ "seats": [{ "seat": first }, { "seat": second }] });
        let path = format!("/api/v1/showtimes/{showtime}/holds");
        // Another key each time: what is held again must be refused for what it is.
        let key = format!(
            "hold-{pair}-{}",
            if pair < self.pairs { "again" } else { "first" }
        );
        self.post(&path, &key, &body).await
    }

    async fn get(&self, path: &str) -> io::Result<Answer> {
        self.ask("GET", path, "", &[]).await
    }

    async fn post(&self, path: &str, key: &str, body: &Value) -> io::Result<Answer> {
        let headers = format!("idempotency-key: {key}\r\ncontent-type: application/json\r\n");
        self.ask("POST", path, &headers, body.to_string().as_bytes())
            .await
    }

    async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> io::Result<Answer> {
        let headers = format!("authorization: Bearer {}\r\n{headers}", self.token);
        let mut connection = Connection::open(self.address).await?;
        let reply = connection.send(method, path, &headers, body).await?;
        let json = serde_json::from_slice(reply.body).unwrap_or(Value::Null);
        Ok((reply.status, json))
    }
}

/// Where its paper is changes by itself.
fn without_paper(sale: &Value) -> Value {
    let mut sale = sale.clone();
    if let Some(fields) = sale.as_object_mut() {
        fields.remove("paper");
    }
    sale
}

/// The box says itself that nothing is sold, by a code of its own.
pub(super) fn is_in_words(answer: &Answer) -> bool {
    let code = answer.1["code"].as_str();
    let says = answer.1["detail"]
        .as_str()
        .is_some_and(|detail| !detail.is_empty());
    answer.0 == 503 && says && matches!(code, Some("selling_stopped" | "data_damaged"))
}
