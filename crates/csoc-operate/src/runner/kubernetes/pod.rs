//! How a container of a pod is, as the cluster says it.

use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, Pod};

/// How a container of a pod is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// It did not begin; why, where that is said.
    Waiting(Option<String>),
    /// It will not begin as things are.
    Stuck(String),
    /// Another container before it failed.
    Before {
        /// Its exit status.
        code: i32,
        /// Why, where it was not itself that ended.
        why: Option<String>,
    },
    /// It runs.
    Running,
    /// It ended.
    Ended {
        /// Its exit status.
        code: i32,
        /// Why, where it was not itself that ended.
        why: Option<String>,
    },
    /// How it ended was not seen: the pod was taken away.
    Gone(String),
}

/// What is waiting for and will not come by waiting.
const STUCK: [&str; 5] = [
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "CreateContainerError",
    "RunContainerError",
];

/// How a container is.
pub(super) fn standing(pod: &Pod, name: &str) -> Standing {
    let Some(status) = &pod.status else {
        return Standing::Waiting(None);
    };
    let before = status.init_container_statuses.iter().flatten();
    let all = before
        .clone()
        .chain(status.container_statuses.iter().flatten());
    let found = all.clone().find(|it| it.name == name);
    let state = found.and_then(|it| it.state.as_ref());
    if let Some((code, why)) = state.and_then(ended) {
        let why = why.or_else(|| status.reason.clone().filter(|_| code != 0));
        return Standing::Ended { code, why };
    }
    if state.is_some_and(|it| it.running.is_some()) {
        return Standing::Running;
    }
    for earlier in before.filter(|it| it.name != name) {
        if let Some((code, why)) = earlier.state.as_ref().and_then(ended)
            && code != 0
        {
            return Standing::Before { code, why };
        }
    }
    if status.phase.as_deref() == Some("Failed") {
        let why = status
            .reason
            .clone()
            .unwrap_or_else(|| "it failed".to_owned());
        return Standing::Gone(why);
    }
    let reason = |it: &ContainerStatus| it.state.as_ref()?.waiting.as_ref()?.reason.clone();
    let reasons: Vec<String> = all.filter_map(reason).collect();
    if let Some(stuck) = reasons.iter().find(|it| STUCK.contains(&it.as_str())) {
        return Standing::Stuck(stuck.clone());
    }
    let unscheduled = status.conditions.iter().flatten();
    let unscheduled = unscheduled
        .filter(|it| it.type_ == "PodScheduled" && it.status == "False")
        .find_map(|it| it.reason.clone());
    let is_news = |it: &String| it != "PodInitializing" && it != "ContainerCreating";
    Standing::Waiting(unscheduled.or_else(|| reasons.into_iter().find(is_news)))
}

fn ended(state: &ContainerState) -> Option<(i32, Option<String>)> {
    let ended = state.terminated.as_ref()?;
    let why = ended.reason.clone();
    Some((
        ended.exit_code,
        why.filter(|why| why != "Completed" && why != "Error"),
    ))
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Pod;
    use serde_json::{Value, json};

    use super::{Standing, standing};

    fn of(status: &Value) -> Standing {
        let pod: Pod = serde_json::from_value(json!({ "status": status })).expect("it is one");
        standing(&pod, "step")
    }

    fn container(name: &str, state: &Value) -> Value {
        json!({ "name": name, "image": "i", "imageID": "", "ready": false, "restartCount": 0, "state": state })
    }

    #[test]
    fn what_a_pod_says_of_its_step() {
        let ended = |code: i32, reason: &str| json!({ "terminated": { "exitCode": code, "reason": reason } });
        let init = |state: Value| json!({ "phase": "Pending", "initContainerStatuses": [container("init", &state)] });
        let step = |state: Value| json!({ "phase": "Running", "containerStatuses": [container("step", &state)] });
        let waiting = |reason: &str| json!({ "waiting": { "reason": reason } });
        assert_eq!(of(&json!({})), Standing::Waiting(None));
        assert_eq!(
            of(&init(waiting("PodInitializing"))),
            Standing::Waiting(None)
        );
        assert_eq!(
            of(&init(waiting("ErrImagePull"))),
            Standing::Waiting(Some("ErrImagePull".to_owned()))
        );
        assert_eq!(
            of(&init(waiting("ImagePullBackOff"))),
            Standing::Stuck("ImagePullBackOff".to_owned())
        );
        assert_eq!(
            of(&init(ended(1, "Error"))),
            Standing::Before { code: 1, why: None }
        );
        assert_eq!(of(&step(json!({ "running": {} }))), Standing::Running);
        assert_eq!(
            of(&step(ended(2, "Error"))),
            Standing::Ended { code: 2, why: None }
        );
        let killed = Standing::Ended {
            code: 137,
            why: Some("OOMKilled".to_owned()),
        };
        assert_eq!(of(&step(ended(137, "OOMKilled"))), killed);
        assert_eq!(
            of(&json!({ "phase": "Failed", "reason": "Evicted" })),
            Standing::Gone("Evicted".to_owned())
        );
        let unscheduled = json!({ "phase": "Pending", "conditions": [{ "type": "PodScheduled", "status": "False", "reason": "Unschedulable" }] });
        assert_eq!(
            of(&unscheduled),
            Standing::Waiting(Some("Unschedulable".to_owned()))
        );
    }
}
