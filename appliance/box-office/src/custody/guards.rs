//! The rules that break promise 1 if they are left out, each with the name of the variant that shows it (protocol.md).

/// Which rules are kept. A program keeps all of them; only the model switches one off, to see that it notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guards {
    /// A transfer takes effect only if its epoch is exactly one above the known one \[C1, C2\].
    pub(crate) only_the_next_epoch: bool,
    /// A hand-over code moves no position of the stream \[C3\].
    pub(crate) codes_move_no_position: bool,
    /// A transfer never changes a seat that carries a ticket \[D1\].
    pub(crate) grants_keep_tickets: bool,
    /// After a loss, a seat that may have been taken over arrives in quarantine \[D2\].
    pub(crate) maybe_taken_over_is_quarantined: bool,
    /// Money goes back on an answer, never when it is merely asked for \[R1\].
    pub(crate) money_waits_for_the_answer: bool,
    /// An acknowledgement is no answer \[R2\].
    pub(crate) only_answers_free: bool,
    /// A box that has lost its tail answers `Unproven` for what may have been admitted in it \[R3\].
    pub(crate) a_lost_tail_proves_nothing: bool,
    /// A fenced box marks what it admits as unproven \[R4\].
    pub(crate) fenced_admissions_are_unproven: bool,
    /// What is refunded at the provider is imported, and revoked again \[R5\].
    pub(crate) refunds_are_imported: bool,
    /// A copy knows by itself that it is one \[B1, B1b\].
    pub(crate) copies_know_themselves: bool,
    /// A restored hub is frozen before it answers anybody \[B2\].
    pub(crate) a_restored_hub_is_frozen: bool,
    /// The recovering hub gets custody and its own events back from the box \[B3\].
    pub(crate) the_box_gives_back: bool,
    /// Payments are reconciled with the provider before the freeze ends \[B4\].
    pub(crate) payments_are_reconciled: bool,
    /// A booking that moves no money is answered only when the box has acknowledged it \[B5\].
    pub(crate) moneyless_waits_for_the_box: bool,
    /// What was on its way to a lost box is in quarantine with it \[B6\].
    pub(crate) on_its_way_is_lost_too: bool,
    /// A new incarnation starts at the hub's head, with epochs \[B7\].
    pub(crate) lives_begin_at_the_head: bool,
    /// When both sides recover in one Hello, free seats of both are in quarantine \[B8\].
    pub(crate) both_lost_prove_nothing: bool,
    /// Quarantine is told to the other side \[B8b\].
    pub(crate) quarantine_is_told: bool,
    /// A new life is one above the highest that either side has seen \[B9\].
    pub(crate) lives_rise_above_both: bool,
    /// A life has random bits \[B9b\].
    pub(crate) lives_are_random: bool,
    /// A frozen hub and a fenced box apply nothing before a fresh Hello \[B9c\].
    pub(crate) who_is_stopped_is_deaf: bool,
    /// Hello answers a nonce \[B10\].
    pub(crate) hellos_are_fresh: bool,
    /// Who has said Hello applies nothing until it is answered \[B10b\].
    pub(crate) who_waits_is_deaf: bool,
    /// Who is heard by a code alone, for another box had gone on, begins a new life \[B11\].
    pub(crate) the_left_behind_recover: bool,
}

impl Guards {
    /// All rules.
    pub const ALL: Self = Self {
        only_the_next_epoch: true,
        codes_move_no_position: true,
        grants_keep_tickets: true,
        maybe_taken_over_is_quarantined: true,
        money_waits_for_the_answer: true,
        only_answers_free: true,
        a_lost_tail_proves_nothing: true,
        fenced_admissions_are_unproven: true,
        refunds_are_imported: true,
        copies_know_themselves: true,
        a_restored_hub_is_frozen: true,
        the_box_gives_back: true,
        payments_are_reconciled: true,
        moneyless_waits_for_the_box: true,
        on_its_way_is_lost_too: true,
        lives_begin_at_the_head: true,
        both_lost_prove_nothing: true,
        quarantine_is_told: true,
        lives_rise_above_both: true,
        lives_are_random: true,
        who_is_stopped_is_deaf: true,
        hellos_are_fresh: true,
        who_waits_is_deaf: true,
        the_left_behind_recover: true,
    };
}
