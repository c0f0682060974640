// Package api is the kernel: it turns a table of routes into a server.
//
// A wing declares its entries as data ([Route]): name, method, paths,
// permission, a typed handler, a summary. From that table come the router, the
// permission check, the OpenAPI document and the tests that walk every entry.
//
// A request climbs the same stairs whatever the wing: match, body, credentials,
// permission, binding, handler; the answer, or the error of any stair, is
// written once by the wing's [Dialect].
package api
