# METADATA
# title: Test
# custom: {severity: high}
package remit.policies.test

deny contains {"key": "k", "message": "m"} if http.send({"method": "get", "url": "https://example.org"}).status_code == 200
