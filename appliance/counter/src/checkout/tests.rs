use super::*;

#[test]
fn what_is_paid_comes_to_its_end_unless_its_end_may_be_forgotten() {
    let check = |stopped, is_new, goes_on: bool| {
        let checked = check_goes_on(stopped, IsNew(is_new));
        assert_eq!(checked.is_ok(), goes_on, "{stopped:?}, new: {is_new}");
    };
    check(None, true, true);
    check(None, false, true);
    check(Some(Stopped::New), true, false);
    check(Some(Stopped::New), false, true);
    check(Some(Stopped::Revoked), true, false);
    check(Some(Stopped::Revoked), false, true);
    check(Some(Stopped::All), true, false);
    check(Some(Stopped::All), false, false);
}
