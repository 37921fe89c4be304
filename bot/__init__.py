"""What people meet: messengers, the things that people do, and the words for them."""
