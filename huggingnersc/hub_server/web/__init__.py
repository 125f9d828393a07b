"""The embedded Hub in a browser: pages made on the server, without scripts."""
