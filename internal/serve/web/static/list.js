// The list of runs: filters at once, takes two runs to compare, and shows new runs as they come.

const filter = document.getElementById("filter");
const choice = document.getElementById("choice");

for (const select of filter.querySelectorAll("select")) {
  select.addEventListener("change", () => filter.submit());
}

function chosen() {
  return choice ? choice.querySelectorAll("input:checked") : [];
}

function allow() {
  if (choice) choice.querySelector("button").disabled = chosen().length !== 2;
}

// refresh replaces the rows, unless somebody is using them.
async function refresh() {
  const rows = document.querySelector("#runs tbody");
  if (document.hidden || chosen().length > 0 || (rows && rows.contains(document.activeElement))) return;
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#runs tbody");
    if (Boolean(fresh) !== Boolean(rows)) {
      location.reload();
    } else if (rows && fresh.textContent !== rows.textContent) {
      rows.replaceWith(fresh);
    }
  } catch {
    // The server has ended; what is shown stays.
  }
}

if (choice) choice.addEventListener("change", allow);
allow();
setInterval(refresh, 2000);
