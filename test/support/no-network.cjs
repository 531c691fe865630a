// SPDX-License-Identifier: MIT
// For `node --require`: a process that asks a network ends with exit code 99.
"use strict";

const dns = require("node:dns");
const net = require("node:net");

function refuse(what) {
  process.stderr.write(`no network here: ${what}\n`);
  process.exit(99);
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof options === "object" && options !== null && typeof options.path === "string") return connect.apply(this, args);
  return refuse(JSON.stringify(options));
};
dns.lookup = (name) => refuse(name);
dns.promises.lookup = (name) => refuse(name);
