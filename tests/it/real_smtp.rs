//! Mails as a mail server that is not ours takes them, and as a parser that is not ours reads them.

use crate::support::database::both;
use crate::support::office::notify;
use crate::support::real_smtp::RealSmtp;
use crate::support::room::Room;
use crate::support::rows;
use std::collections::BTreeSet;

both! {
    async fn a_real_server_takes_the_mails_and_they_read_as_they_should(store: Store) {
        let Some(server) = RealSmtp::start().await else { return };
        let room = Room::new(&store, &notify(server.port()));
        let case = room.opens(1, &["ju@yunxi.example"]).await;
        room.tells().await;
        room.ends(case).await;
        room.tells().await;
        let received = server.received();
        let deliveries = rows::deliveries(&store).await;
        assert_eq!((received.len(), deliveries.len()), (6, 6));
        assert!(deliveries.iter().all(|mail| mail.state == "sent" && mail.attempts == 1), "{deliveries:?}");
        for recipient in ["gongkai@chenghu.example", "zhiban@chenghu.example", "ju@yunxi.example"] {
            let letters: Vec<_> = received.iter().filter(|letter| letter.to == recipient).collect();
            let [first, last] = letters[..] else { panic!("{recipient}: {letters:?}") };
            assert_eq!(last.references, std::slice::from_ref(&first.message_id));
            for letter in [first, last] {
                assert_eq!(letter.from, "xunwang@chenghu.example");
                assert!(letter.subject.starts_with("【巡网"), "{}", letter.subject);
                for body in [&letter.text, &letter.html] {
                    assert!(body.contains("澄湖发布1"), "{body}");
                }
                assert!(letter.html.contains("<table"), "{}", letter.html);
            }
        }
        let ids: BTreeSet<_> = received.iter().map(|letter| format!("<{}>", letter.message_id)).collect();
        assert_eq!(ids, deliveries.into_iter().map(|mail| mail.message_id).collect());
    }
}
