// What the program asks first is asked while it still comes: on a slow line each question takes long.
// `client/asked.rs` takes each answer once. One that nobody has taken is soon no more as it was; one that is under way is not asked for twice.
const answers = (globalThis.firstAnswers = new Map());
const GOOD_FOR_MS = 10000;

const ask = (method, path, body) => {
  const how = body ? { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : { method };
  const name = `${method} ${path}`;
  const answer = fetch(path, how);
  answers.set(name, answer);
  const forget = () => setTimeout(() => answers.get(name) === answer && answers.delete(name), GOOD_FOR_MS);
  // Whoever takes it hears why there is none.
  answer.then(forget, forget);
  return answer;
};

const page = document.getElementById("buy")?.dataset;
if (page?.sells !== undefined) {
  const counter = `/api/v1/cinemas/${page.cinema}`;
  const showtime = `${counter}/showtimes/${page.showtime}`;
  ask("GET", showtime);
  ask("GET", `${showtime}/seats`);
  ask("POST", "/api/v1/guests", {})
    // What a guest is asked for needs their session; once somebody has taken it, they ask the rest themselves.
    .then((begun) => begun.ok && ask("GET", `${counter}/holds`))
    .catch(() => {});
}
