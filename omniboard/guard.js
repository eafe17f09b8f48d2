// Omniboard answers any page that is open in the user's browser, and lets it delete runs. What
// listens in its process answers its own page only, and asks for a password if there is one:
//   OMNIBOARD_PASSWORD  of the user OMNIBOARD_USER (default: admin)
"use strict";

const { createHash, timingSafeEqual } = require("crypto");
const http = require("http");

const OWN_NAMES = ["127.0.0.1", "localhost", "[::1]"];

const password = process.env.OMNIBOARD_PASSWORD || "";
const login = `${process.env.OMNIBOARD_USER || "admin"}:${password}`;
const emit = http.Server.prototype.emit;

http.Server.prototype.emit = function (event, request, response, ...rest) {
  if (event === "request" && !isOfOwnPage(request)) {
    return refuse(response, 403, {}, "Only Omniboard's own page on this machine is answered.\n");
  }
  if (event === "request" && password && !knowsPassword(request)) {
    const asking = { "WWW-Authenticate": 'Basic realm="Omniboard"' };
    return refuse(response, 401, asking, "A password is needed.\n");
  }
  return emit.call(this, event, request, response, ...rest);
};

// Browsers say from which page a request comes. Programs do not, and are on this machine anyway.
function isOfOwnPage({ headers, method }) {
  const host = headers.host || "";
  if (!OWN_NAMES.includes(host.replace(/:\d+$/, ""))) {
    return false; // another name that leads here, which that name's pages could use
  }
  if (headers.origin !== undefined && headers.origin !== `http://${host}`) {
    return false;
  }
  const from = headers["sec-fetch-site"];
  const isFollowedLink = headers["sec-fetch-mode"] === "navigate" && method === "GET";
  return [undefined, "same-origin", "none"].includes(from) || isFollowedLink;
}

function knowsPassword({ headers }) {
  const [kind, told] = (headers.authorization || "").split(" ");
  const given = kind === "Basic" ? Buffer.from(told || "", "base64").toString() : "";
  return timingSafeEqual(digest(given), digest(login));
}

function digest(text) {
  return createHash("sha256").update(text).digest();
}

function refuse(response, status, headers, words) {
  response.writeHead(status, { "Content-Type": "text/plain", ...headers });
  response.end(words);
  return true;
}
