// Omniboard listens on every interface of the machine. It has no option for that, so whatever
// listens in its process listens on this machine only.
"use strict";

const net = require("net");

const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, { host: "127.0.0.1", port: Number(port) }, ...rest);
};
