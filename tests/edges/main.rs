//! Every edge of checkout's machines, on a real box with a real file: each that can be reached is taken, failed, repeated, and cut by a kill
//! before and after its effect, inside and outside; then everybody's books are compared, and nothing is left behind.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

mod audit;
mod child;
mod list;
mod plan;
mod scenes;
mod site;
mod stage;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use appliance::control::{Consent, Order};
use appliance_api::DeviceKind;
use serde_json::json;
use tempfile::TempDir;
use tests::world::{PROGRAMME, client};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use plan::{Plan, Way, ways};
use scenes::Scene;
use site::Site;
use stage::Stage;

/// How many boxes run at a time: most of the time each waits for a second to go by.
const BOXES: usize = 40;

/// How often a scene is played in vain before what is left is done in another.
const IN_VAIN: usize = 3;

/// In how many scenes it is tried to do something to an edge.
const TURNS: usize = 6;

/// A box that was set up, for others to begin as.
struct Template {
    folder: TempDir,
    tokens: [String; 2],
}

/// What a scene came to.
struct Played {
    /// The edges that were taken.
    taken: BTreeSet<String>,
    plan: Plan,
    kills: u64,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_edge_is_taken_failed_repeated_and_cut_and_nothing_is_left_behind() {
    let clock = service::Clock::system();
    let template = Arc::new(template().await);
    let scenes: Vec<Arc<Scene>> = scenes::all().into_iter().map(Arc::new).collect();
    let boxes = Arc::new(Semaphore::new(BOXES));

    let mut playing = JoinSet::new();
    for scene in &scenes {
        let (template, scene) = (Arc::clone(&template), Arc::clone(scene));
        let boxes = Arc::clone(&boxes);
        playing.spawn(async move {
            let _one = boxes.acquire().await.unwrap();
            let played = play(&template, &scene, Plan::default()).await;
            (scene.name.clone(), played.taken)
        });
    }
    let taken: BTreeMap<String, BTreeSet<String>> = all(playing).await.into_iter().collect();
    list::check(&taken.values().flatten().cloned().collect());
    println!("{} scenes in {:?}", scenes.len(), clock.monotonic());

    let takers = |edge: &String| -> Vec<usize> {
        let takes = |nth: &usize| taken[&scenes[*nth].name].contains(edge);
        (0..scenes.len()).filter(takes).collect()
    };
    let edges: BTreeMap<String, Vec<usize>> = list::all()
        .into_iter()
        .map(|edge| (edge.clone(), takers(&edge)))
        .filter(|(_, takers)| !takers.is_empty())
        .collect();
    let ways_of = |edge: &String| {
        ways(edge)
            .into_iter()
            .map(|way| (edge.clone(), way))
            .collect::<Vec<_>>()
    };
    let mut todo: BTreeSet<(String, Way)> = edges.keys().flat_map(ways_of).collect();
    let (planned, mut plays, mut kills) = (todo.len(), 0, 0);
    // Each is done in the first scene that takes its edge; what was taken there by chance, in the next.
    for turn in 0..TURNS {
        let mut of_scene = vec![BTreeSet::new(); scenes.len()];
        for step in std::mem::take(&mut todo) {
            let takers = &edges[&step.0];
            of_scene[takers[turn % takers.len()]].insert(step);
        }
        let mut playing = JoinSet::new();
        for (scene, steps) in scenes.iter().zip(of_scene) {
            let (template, scene, boxes) =
                (Arc::clone(&template), Arc::clone(scene), Arc::clone(&boxes));
            playing.spawn(async move { cut_all(&template, &scene, steps, &boxes).await });
        }
        for (left, plays_here, kills_here) in all(playing).await {
            todo.extend(left);
            plays += plays_here;
            kills += kills_here;
        }
    }
    assert!(todo.is_empty(), "not reached again: {todo:#?}");
    println!(
        "{} edges taken; {planned} times one was failed or cut, in {plays} plays with {kills} kills, in {:?}",
        edges.len(),
        clock.monotonic()
    );
}

/// What all of them came to, once the last has ended.
async fn all<T: 'static>(mut playing: JoinSet<T>) -> Vec<T> {
    let (mut ended, mut failed) = (Vec::new(), 0);
    while let Some(one) = playing.join_next().await {
        match one {
            Ok(one) => ended.push(one),
            Err(_) => failed += 1,
        }
    }
    assert_eq!(failed, 0, "scenes failed, each as it says above");
    ended
}

/// Plays a scene again and again until all of this was done to its edges, or nothing more is; gives what is left.
async fn cut_all(
    template: &Template,
    scene: &Scene,
    mut todo: BTreeSet<(String, Way)>,
    boxes: &Semaphore,
) -> (BTreeSet<(String, Way)>, usize, u64) {
    let (mut plays, mut kills, mut in_vain) = (0, 0, 0);
    while !todo.is_empty() && in_vain < IN_VAIN {
        let _one = boxes.acquire().await.unwrap();
        let played = play(template, scene, Plan::new(todo.clone())).await;
        plays += 1;
        kills += played.kills;
        in_vain = if played.plan.done.is_empty() {
            in_vain + 1
        } else {
            0
        };
        todo = played.plan.left();
    }
    (todo, plays, kills)
}

/// Plays a scene on a box of its own, winds it up and compares the books.
async fn play(template: &Template, scene: &Scene, plan: Plan) -> Played {
    let is_disturbed = plan.disturbs();
    let site = Site::new(Some(template.folder.path()), plan).await;
    let [clerk, other] = template.tokens.clone();
    let playing = async {
        let (s, buyer) = (
            Stage::new(&site, clerk, is_disturbed),
            Stage::new(&site, other, is_disturbed),
        );
        let went = scene.play(&s).await;
        assert!(went.is_ok() || is_disturbed);
        audit::wind_up(&s, &buyer).await;
        let plan = site.take_plan();
        s.repeat_all().await;
        let findings = audit::findings(&s, is_disturbed && scene.has_a_liar()).await;
        let done = &plan.done;
        assert!(
            findings.is_empty(),
            "{}, after {done:?}: {findings:#?}\n{}",
            scene.name,
            s.told()
        );
        if !is_disturbed && !scene.makes_errors() {
            assert_eq!(site.errors(), Vec::<String>::new(), "{}", scene.name);
        }
        plan
    };
    let plan = tokio::select! {
        plan = playing => plan,
        () = site.live() => unreachable!("a box is started again without end"),
    };
    let refused = site
        .taken()
        .into_iter()
        .filter(|(_, edge)| edge.contains("*refused*"));
    let taken = site
        .kept()
        .into_iter()
        .chain(refused)
        .map(|(_, edge)| edge)
        .collect();
    Played {
        taken,
        plan,
        kills: site.kills(),
    }
}

/// A box with the programme of the stories and two tills.
async fn template() -> Template {
    let site = Site::new(None, Plan::default()).await;
    let setting_up = async {
        let s = Stage::new(&site, String::new(), false);
        let programme = PROGRAMME.to_owned();
        s.order(&Order::Import {
            programme,
            consent: Consent::default(),
        })
        .await
        .unwrap();
        let mut tokens = Vec::new();
        for _till in 0..2 {
            let kind = DeviceKind::Till;
            let code = s.order(&Order::Pair { kind }).await.unwrap();
            let url = format!("http://{}/api/v1/pairings", site.address().await);
            let paired = client()
                .post(url)
                .json(&json!({ "code": code }))
                .send()
                .await;
            let paired: appliance_api::Paired = paired.unwrap().json().await.unwrap();
            tokens.push(paired.token);
        }
        tokens
    };
    let tokens: Vec<String> = tokio::select! {
        tokens = setting_up => tokens,
        () = site.live() => unreachable!("a box is started again without end"),
    };
    Template {
        folder: site.into_folder(),
        tokens: tokens.try_into().unwrap(),
    }
}
