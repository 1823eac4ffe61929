//! Everything that can go wrong on the way has a name of its own.

use super::*;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

#[tokio::test]
async fn private_addresses_are_refused_by_number_and_by_name() {
    let server = Server::start(|_| good("secret")).await;
    let settings = Settings { robots: false, ..Settings::default() };
    assert_eq!(failure(&settings, server.url("/")).await, Failure::Private);
    assert_eq!(failure(&settings, server.named("/")).await, Failure::Private);
    assert!(server.seen().is_empty());
    assert!(fetch(&open(), server.named("/")).await.is_ok());
}

#[tokio::test]
async fn a_name_that_nobody_has_is_dns() {
    let miss = fetch(&open(), "http://yunxi.invalid/".parse().unwrap()).await.unwrap_err();
    assert_eq!(miss.failure, Failure::Dns, "{}", miss.detail);
}

#[tokio::test]
async fn a_closed_port_is_connect() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/?key=secret", listener.local_addr().unwrap()).parse().unwrap();
    drop(listener);
    let miss = fetch(&open(), url).await.unwrap_err();
    assert_eq!(miss.failure, Failure::Connect);
    assert!(!miss.detail.is_empty() && !miss.detail.contains("secret"), "{}", miss.detail);
}

#[tokio::test]
async fn a_server_that_hangs_up_before_answering_is_connect() {
    let server = Server::start(|_| Reply::Cut(Vec::new())).await;
    assert_eq!(failure(&open(), server.url("/")).await, Failure::Connect);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_tls() {
    // It speaks first: a handshake is no line of text that it could wait for.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    assert_eq!(failure(&open(), url).await, Failure::Tls);
}

#[tokio::test]
async fn a_server_that_speaks_no_http_is_broken() {
    let server = Server::start(|_| Reply::Cut(b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec())).await;
    assert_eq!(failure(&open(), server.url("/")).await, Failure::Broken);
}

#[tokio::test]
async fn silence_before_the_head_or_within_the_body_is_timeout() {
    let settings = Settings { read_timeout: SHORT, ..open() };
    for start in ["", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"] {
        let server = Server::start(move |_| Reply::Hang(start.into())).await;
        assert_eq!(failure(&settings, server.url("/")).await, Failure::Timeout, "{start}");
    }
}

#[tokio::test]
async fn a_drip_that_never_pauses_long_enough_ends_with_the_whole_time() {
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let server = Server::start(|_| Reply::Drip(head.to_vec(), b"1\r\na\r\n".to_vec(), 10)).await;
    let settings = Settings { read_timeout: Duration::from_mins(1), timeout: SHORT, ..open() };
    assert_eq!(failure(&settings, server.url("/")).await, Failure::Timeout);
}

#[tokio::test]
async fn a_body_that_is_cut_is_broken() {
    for start in [
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n",
    ] {
        let server = Server::start(move |_| Reply::Cut(start.into())).await;
        let miss = fetch(&open(), server.url("/")).await.unwrap_err();
        assert_eq!((miss.failure, miss.status), (Failure::Broken, 200), "{start}");
    }
}
