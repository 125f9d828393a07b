"""What a version gets so that its data can be seen and loaded: samples, lists and indexes."""
