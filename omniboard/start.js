// Runs Omniboard on 127.0.0.1 and starts it again when it has lost its database for good: after an
// outage of most of a minute it answers every question with "pool destroyed" for ever.
//   MONGO_URI  the database (default: ACD_MONGO_URL, else mongodb://localhost:27017/sacred)
//   PORT       of the page (default: 9000)
//   OMNIBOARD_PASSWORD, OMNIBOARD_USER  what the page asks for (default: nothing); see guard.js
"use strict";

const { spawn } = require("child_process");
const http = require("http");
const path = require("path");

const SECONDS_BETWEEN_LOOKS = 10;
const FAILURES_ALLOWED = 3;

const port = process.env.PORT || "9000";
const uri =
  process.env.MONGO_URI || process.env.ACD_MONGO_URL || "mongodb://localhost:27017/sacred";
const auth = `${process.env.OMNIBOARD_USER || "admin"}:${process.env.OMNIBOARD_PASSWORD || ""}`;
const question = `http://127.0.0.1:${port}/sacred/api/v1/Runs?select=_id&limit=1`;

let child;
let failures = 0;

function start() {
  const program = require.resolve("omniboard/dist/start.js");
  const files = ["loopback.js", "guard.js"].map((file) => path.join(__dirname, file));
  const added = files.flatMap((file) => ["--require", file]);
  child = spawn(process.execPath, [...added, program], {
    env: { ...process.env, MONGO_URI: uri, PORT: port },
    stdio: "inherit",
  });
  child.on("exit", () => setTimeout(start, 1000 * SECONDS_BETWEEN_LOOKS));
}

function look() {
  http
    .get(question, { auth }, (answer) => {
      answer.resume();
      judge(answer.statusCode === 200);
    })
    .on("error", () => judge(false));
}

function judge(isWell) {
  failures = isWell ? 0 : failures + 1;
  if (failures > FAILURES_ALLOWED) {
    console.log("Omniboard has lost its database: starting it again");
    failures = 0;
    child.kill();
  }
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    child.removeAllListeners("exit");
    child.kill();
    process.exit();
  });
}

console.log(`http://127.0.0.1:${port} (on this machine only)`);
start();
setInterval(look, 1000 * SECONDS_BETWEEN_LOOKS);
