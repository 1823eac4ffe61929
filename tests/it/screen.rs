//! Pictures of pages, by a real browser that must reach nobody by itself.
//!
//! In: pages on the loopback, and a listener that must never hear of them. Out: pixels, and silence.

use crate::support::browser::browser;
use axum::Router;
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use url::Url;
use xunwang::clock::System;
use xunwang::fetch::screen::{Error, Screen, Settings};
use xunwang::fetch::{Fetcher, Settings as FetchSettings};
use xunwang::model::page::Fetched;

/// A screen whose fetcher may ask the loopback if `open`, and the settings to take pictures with.
fn screen(open: bool, settings: &Settings) -> Option<Screen> {
    let settings = Settings { program: Some(browser()?), sandbox: false, ..settings.clone() };
    let allow_private = if open { vec!["127.0.0.0/8".parse().unwrap()] } else { Vec::new() };
    let fetch = FetchSettings { allow_private, robots: false, ..FetchSettings::default() };
    Screen::new(&settings, Arc::new(Fetcher::new(&fetch, Arc::new(System)).unwrap()))
}

/// A listener on the loopback that counts who connects.
async fn canary() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let heard = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&heard);
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    (address, heard)
}

fn page(url: &str, html: &str) -> Fetched {
    Fetched {
        content_type: "text/html; charset=utf-8".to_owned(),
        ..Fetched::at_hand(Url::parse(url).unwrap(), html.to_owned())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_shows_the_answer_at_hand_with_its_styles_and_asks_no_page_again() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let paths = Arc::clone(&asked);
    let router = Router::new().fallback(move |uri: Uri| {
        paths.lock().unwrap().push(uri.path().to_owned());
        async move {
            ([(CONTENT_TYPE, "text/css")], "body { margin: 0; background: rgb(0, 128, 0) }").into_response()
        }
    });
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let settings = Settings { width: 640, max_height: 700, ..Settings::default() };
    let Some(screen) = screen(true, &settings) else { return };
    let html =
        "<!DOCTYPE html><link rel=stylesheet href=/s.css><div style='height:3000px'>云溪县人民政府</div>";
    let png = screen.shoot(&page(&format!("{base}/list.html"), html)).await.unwrap();
    let picture = image::load_from_memory(&png).unwrap().to_rgb8();
    // As wide as asked for, and no higher than allowed.
    assert_eq!(picture.dimensions(), (640, 700));
    assert_eq!(picture.get_pixel(600, 650).0, [0, 128, 0]);
    assert_eq!(*asked.lock().unwrap(), ["/s.css"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_page_reaches_nobody_through_the_browser() {
    let (address, heard) = canary().await;
    let Some(screen) = screen(false, &Settings::default()) else { return };
    let html = format!(
        "<!DOCTYPE html><body style='margin:0;background:rgb(0,0,255)'><img src='http://{address}/a.png'>\
         <iframe src='http://{address}/b'></iframe><link rel=preconnect href='http://{address}'>\
         <script>fetch('http://{address}/c',{{mode:'no-cors'}}).catch(()=>0);new WebSocket('ws://{address}/d');\
         navigator.sendBeacon('http://{address}/e');new EventSource('http://{address}/f');\
         try{{let p=new RTCPeerConnection({{iceServers:[{{urls:'turn:{address}?transport=tcp',username:'u',credential:'c'}}]}});\
         p.createDataChannel('x');p.createOffer().then(o=>p.setLocalDescription(o))}}catch(e){{}}\
         window.open('http://{address}/g');</script>"
    );
    let png = screen.shoot(&page("https://www.yunxi.example/list.html", &html)).await.unwrap();
    let picture = image::load_from_memory(&png).unwrap().to_rgb8();
    assert_eq!(picture.get_pixel(picture.width() - 1, picture.height() - 1).0, [0, 0, 255]);
    assert_eq!(heard.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_never_ends_and_a_program_that_is_no_browser_are_named_failures() {
    let quick = Settings { timeout: std::time::Duration::from_secs(4), ..Settings::default() };
    let Some(screen) = screen(false, &quick) else { return };
    let endless = page("https://www.yunxi.example/", "<!DOCTYPE html><script>for(;;){}</script>");
    assert!(matches!(screen.shoot(&endless).await, Err(Error::Timeout)));
    let fetcher = Arc::new(Fetcher::new(&FetchSettings::default(), Arc::new(System)).unwrap());
    let wrong = |program: &str| Settings { program: Some(program.into()), ..Settings::default() };
    for program in ["/bin/true", "/nonexistent"] {
        let screen = Screen::new(&wrong(program), Arc::clone(&fetcher)).unwrap();
        assert!(matches!(screen.shoot(&endless).await, Err(Error::Launch(_))), "{program}");
    }
    assert!(Screen::new(&Settings::default(), fetcher).is_none());
}
