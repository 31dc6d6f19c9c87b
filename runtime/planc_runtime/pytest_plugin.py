"""pytest plug-in of the planc runtime."""
