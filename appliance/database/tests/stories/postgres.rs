//! What is only on PostgreSQL: several processes, a line that can be cut, a server that can be killed, a second schema.

mod history;
mod killed_server;
mod leading;
mod lost_line;
mod marked;
mod scopes;
mod values;
