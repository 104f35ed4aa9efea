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

#[test]
fn whoever_comes_is_answered_at_once() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    start(address, Lifecycle::default()).unwrap();
    let _comes = std::net::TcpStream::connect(address).unwrap();
    let taken = || {
        let sockets = at_once::sockets_at(address);
        sockets
            .into_iter()
            .find(|socket| socket.peer_addr().is_ok())
    };
    let broker_s = loop {
        if let Some(socket) = taken() {
            break socket;
        }
        std::thread::yield_now();
    };
    assert!(broker_s.nodelay().unwrap());
}
