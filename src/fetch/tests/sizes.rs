//! What travels compressed, in pieces or without end.

use super::*;

#[tokio::test]
async fn every_compression_we_ask_for_is_undone() {
    let text = "<li>澄湖市召开政务公开工作会议</li>".repeat(2000);
    for (coding, body) in folded(text.as_bytes()) {
        let headers = format!("Content-Encoding: {coding}\r\n");
        let server = Server::start(move |_| page("200 OK", &headers, &body)).await;
        assert_eq!(fetch(&open(), server.url("/")).await.unwrap().body, text, "{coding}");
    }
}

#[tokio::test]
async fn a_body_in_many_chunks_is_one_body() {
    let chunks = "5\r\nabcde\r\n".repeat(20_000) + "0\r\n\r\n";
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let server = Server::start(move |_| Reply::Send([head, &chunks].concat().into())).await;
    assert_eq!(fetch(&open(), server.url("/")).await.unwrap().body, "abcde".repeat(20_000));
}

#[tokio::test]
async fn a_bomb_is_dropped_while_it_is_small() {
    // A gibibyte of nothing: a thousand members and frames of a mebibyte, as the formats allow.
    for (coding, body) in folded(&vec![0; 1 << 20]) {
        let body = if coding == "br" { body } else { body.repeat(1024) };
        let settings = Settings { max_bytes: 1_000_000, ..open() };
        let headers = format!("Content-Encoding: {coding}\r\n");
        let server = Server::start(move |_| page("200 OK", &headers, &body)).await;
        let miss = fetch(&settings, server.url("/")).await.unwrap_err();
        assert_eq!((miss.failure, miss.status), (Failure::TooLarge, 200), "{coding}");
    }
}

#[tokio::test]
async fn a_body_announced_too_large_is_refused_before_it_is_sent() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 8388609\r\nRetry-After: 5\r\n\r\n";
    let server = Server::start(|_| Reply::Hang(head.to_vec())).await;
    let miss = fetch(&open(), server.url("/")).await.unwrap_err();
    assert_eq!((miss.failure, miss.retry_after), (Failure::TooLarge, Some(Duration::from_secs(5))));
}

#[tokio::test]
async fn a_body_without_end_is_dropped_at_the_cap() {
    let chunk = [b"10000\r\n", &vec![b'a'; 0x10000][..], b"\r\n"].concat();
    for coding in ["identity", "gzip"] {
        let head =
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: {coding}\r\n\r\n");
        let chunk = chunk.clone();
        let server = Server::start(move |_| Reply::Drip(head.clone().into(), chunk.clone(), 0)).await;
        assert_eq!(failure(&open(), server.url("/")).await, Failure::TooLarge, "{coding}");
    }
}
