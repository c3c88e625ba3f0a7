package remit.policies.test

deny contains {"key": "k", "message": "m"} if true
