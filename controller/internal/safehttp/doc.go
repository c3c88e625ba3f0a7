// Package safehttp makes the HTTP clients of sources: for requests to addresses that somebody wrote into a manifest, with
// credentials that must not get anywhere else, to servers that may answer anything.
//
//	request ──► https only ──► credential, if the host is allowed ──► DNS ──► dial.go: is the address public? ──► TLS
//	response ◄── at most so many bytes, no silence for longer than so long ◄──┘
//	   └─ redirect: https, few, same host unless allowed; the credential stays behind
//
// It is not a client of any one service, does not retry, and keeps no cookies. The environment's proxies (HTTPS_PROXY and its
// like) are not used: behind a proxy nobody could tell which address a name leads to, and a proxy itself is a private address.
package safehttp
