"""Whether a visitor finds what a record promises: findings, and what mends them."""
