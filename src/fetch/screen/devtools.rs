//! One page of a browser, spoken to by the Chrome `DevTools` Protocol: JSON over a web socket on the loopback.
//!
//! In: methods with their parameters. Out: what they return, and events. A message is no longer than a picture may be.

use super::Error;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// The longest message.
const LONGEST: usize = 128 << 20;

/// What a browser says.
#[derive(Debug)]
pub(super) enum Heard {
    /// The answer to a call, by its number.
    Answer(u64, Value),
    /// Something happened.
    Event(String, Value),
}

/// A page of a browser.
#[derive(Debug)]
pub(super) struct Session {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The browser's name for the page, once there is one.
    name: Option<String>,
    calls: u64,
}

impl Session {
    /// Opens an empty page in the browser that listens there.
    pub(super) async fn open(endpoint: &str) -> Result<Self, Error> {
        let config = WebSocketConfig::default().max_message_size(Some(LONGEST)).max_frame_size(Some(LONGEST));
        let (socket, _) = connect_async_with_config(endpoint, Some(config), false).await.map_err(protocol)?;
        let mut session = Self { socket, name: None, calls: 0 };
        let target = session.call("Target.createTarget", json!({ "url": "about:blank" })).await?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = session.call("Target.attachToTarget", attach).await?;
        let name = attached["sessionId"].as_str();
        session.name = Some(name.ok_or_else(|| Error::Protocol("没有会话".to_owned()))?.to_owned());
        Ok(session)
    }

    /// Calls a method and waits for what it returns; what happens meanwhile is not heard.
    pub(super) async fn call(&mut self, method: &str, params: Value) -> Result<Value, Error> {
        let call = self.send(method, params).await?;
        loop {
            match self.hear().await? {
                Heard::Answer(id, result) if id == call => return Ok(result),
                Heard::Answer(..) | Heard::Event(..) => {}
            }
        }
    }

    /// Calls a method; its answer will be heard under the number that is returned.
    pub(super) async fn send(&mut self, method: &str, params: Value) -> Result<u64, Error> {
        self.calls += 1;
        let mut message = json!({ "id": self.calls, "method": method, "params": params });
        if let Some(name) = &self.name {
            message["sessionId"] = json!(name);
        }
        self.socket.send(Message::text(message.to_string())).await.map_err(protocol)?;
        Ok(self.calls)
    }

    /// The next thing the browser says.
    pub(super) async fn hear(&mut self) -> Result<Heard, Error> {
        loop {
            let message = self.socket.next().await.ok_or_else(|| Error::Protocol("连接中断".to_owned()))?;
            let Message::Text(text) = message.map_err(protocol)? else { continue };
            let mut value: Value = serde_json::from_str(&text).map_err(protocol)?;
            if let Some(error) = value.get("error") {
                return Err(Error::Protocol(error["message"].as_str().unwrap_or_default().to_owned()));
            }
            if let Some(id) = value["id"].as_u64() {
                return Ok(Heard::Answer(id, value["result"].take()));
            }
            if let Some(method) = value["method"].as_str() {
                return Ok(Heard::Event(method.to_owned(), value["params"].take()));
            }
        }
    }

    /// Asks the browser to end; whether it does or not, it is killed afterwards.
    pub(super) async fn close(mut self) {
        self.name = None;
        let _ = self.send("Browser.close", json!({})).await;
    }
}

fn protocol(error: impl std::fmt::Display) -> Error {
    Error::Protocol(error.to_string())
}
