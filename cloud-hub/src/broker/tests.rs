use super::*;

#[test]
fn a_broker_for_everybody_and_a_taken_port_are_refused() {
    let open = SocketAddr::from(([0, 0, 0, 0], 1883));
    let start = |address| start(address, Lifecycle::default());
    assert!(matches!(start(open), Err(BrokerError::NotLoopback(_))));
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(matches!(
        start(taken.local_addr().unwrap()),
        Err(BrokerError::Port { .. })
    ));
}
