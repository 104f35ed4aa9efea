// What the program asks first is asked while it still comes: on a slow line each question takes a third of the time that the program does.
// `client/asked.rs` takes each answer once.
const answers = (globalThis.firstAnswers = new Map());

const ask = (method, path, body) => {
  const how = body ? { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : { method };
  const answer = fetch(path, how);
  // Whoever takes it hears why there is none.
  answer.catch(() => {});
  answers.set(`${method} ${path}`, answer);
  return answer;
};

const page = document.getElementById("buy")?.dataset;
if (page?.sells !== undefined) {
  const counter = `/api/v1/cinemas/${page.cinema}`;
  const showtime = `${counter}/showtimes/${page.showtime}`;
  ask("GET", showtime);
  ask("GET", `${showtime}/seats`);
  ask("POST", "/api/v1/guests", {})
    .then((begun) => {
      // What a guest is asked for needs their session.
      if (!begun.ok) return;
      ask("GET", `${counter}/holds`);
      // Whoever has a place in the queue proves it: that the program knows how to.
      if (!sessionStorage.getItem(`foyer-place-${page.cinema}-${page.showtime}`)) {
        ask("PUT", `${showtime}/place`, { proof: null });
      }
    })
    .catch(() => {});
  // By then it is no more as it was.
  setTimeout(() => answers.clear(), 10000);
}
