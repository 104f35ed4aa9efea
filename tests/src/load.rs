//! How fast and how small: the figures of the design, each against a limit of the same machine in the same run. See
//! `src/bin/load.rs`. Server and load share the machine, so the load is as cheap as can be.

pub mod appliance_process;
pub mod bare;
pub mod bare_sales;
pub mod catch_up;
pub mod connection;
pub mod disk;
pub mod figure;
pub mod hall;
pub mod programme_at_box;
pub mod reads;
pub mod run;
pub mod sales;
pub mod sizes;
