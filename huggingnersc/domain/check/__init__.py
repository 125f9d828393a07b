"""Whether a visitor finds what a record promises: findings, and the commands that fix them."""
