"""Accounts: who somebody is. Passwords, second factors, sessions, tokens, invitations and single sign-on."""
