"""The command line of the desk: what the console does, under the operator's own AWS credentials.

`python -m cli --stage isere-prod worklist`. Not part of what runs on Lambda.

`stage` finds the Relance that is meant, `acting` says who acts and keeps the audit, `tables` shows
what was found and `endings` what a command came to. The rest is one file a group of commands:
`looking`, `dossiers`, `cards`, `machine`, `logs`.
"""
