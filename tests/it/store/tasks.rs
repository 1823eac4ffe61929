//! Tasks and who has carried them.

use crate::support::database::both;
use crate::support::fixture::{at, write};
use xunwang::model::account::AccountId;
use xunwang::model::post::PostKey;
use xunwang::model::task::{Carried, Scope, Task, TaskId};

fn task(title: &str) -> Task {
    Task {
        id: TaskId(0),
        title: title.to_owned(),
        url: String::new(),
        source: "中国政府网".to_owned(),
        from: at(0),
        deadline: at(60),
        scope: Scope { regions: vec!["3206".to_owned()], ..Scope::default() },
        closed_at: None,
    }
}

fn carried(task: TaskId, post: i64, altered: &str) -> Carried {
    Carried {
        task,
        post: PostKey(post),
        at: at(post),
        title: "通知".to_owned(),
        url: String::new(),
        altered: altered.to_owned(),
    }
}

both! {
    async fn a_task_is_listed_until_and_after_it_is_closed(store: Store) {
        let id = write(&store, async |tx| tx.add_task(&task("甲")).await).await;
        let listed = store.list_tasks().await.unwrap();
        assert_eq!(listed, [Task { id, ..task("甲") }]);
        assert!(write(&store, async |tx| tx.close_task(id, at(9)).await).await);
        assert!(!write(&store, async |tx| tx.close_task(id, at(10)).await).await);
        assert_eq!(store.list_tasks().await.unwrap()[0].closed_at, Some(at(9)));
    }

    async fn the_first_that_carries_it_stands_unless_its_title_was_altered(store: Store) {
        let id = write(&store, async |tx| tx.add_task(&task("甲")).await).await;
        let (one, other) = (AccountId(1), AccountId(2));
        for (account, it) in [
            (one, carried(id, 1, "标题加入“重磅”")),
            (one, carried(id, 2, "")),
            (one, carried(id, 3, "")),
            (other, carried(id, 4, "")),
        ] {
            write(&store, async |tx| tx.note_carried(&[(account, &it)]).await).await;
        }
        let expected = [(one, carried(id, 2, "")), (other, carried(id, 4, ""))];
        assert_eq!(store.carried_by(id).await.unwrap(), expected);
        assert_eq!(store.carried_of(&[other]).await.unwrap(), expected[1..]);
    }
}
