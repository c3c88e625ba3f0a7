package controlplane

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"k8s.io/client-go/rest"
)

// Proxy gives a config by which a program that runs as a process of its own reaches the API server, and collects what it
// asks: its requests go through this process, and through what the config wraps transports in (FailOnForbidden, say). While
// the API server does not answer, connections end without an answer, as they do without a proxy.
func Proxy(t testing.TB, config *rest.Config) (*rest.Config, *Requests) {
	t.Helper()
	requests := &Requests{}
	server, err := url.Parse(config.Host)
	if err != nil {
		t.Fatal(err)
	}
	// The program shows its own token, which is handed on.
	onward := &rest.Config{TLSClientConfig: rest.TLSClientConfig{CAData: config.CAData}, WrapTransport: config.WrapTransport}
	transport, err := rest.TransportFor(requests.Record(onward))
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(server) },
		Transport:     transport,
		FlushInterval: -1, // events of a watch are handed on one by one
		ErrorHandler:  func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	})
	proxy.Config.ErrorLog = log.New(io.Discard, "", 0) // programs that are killed end connections
	proxy.StartTLS()
	t.Cleanup(func() {
		proxy.CloseClientConnections() // watches would be waited for
		proxy.Close()
	})
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: proxy.Certificate().Raw})
	return &rest.Config{Host: proxy.URL, BearerToken: config.BearerToken, TLSClientConfig: rest.TLSClientConfig{CAData: authority}, QPS: -1}, requests
}
