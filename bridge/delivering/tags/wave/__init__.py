"""The chunks of a WAV that hold tags: bext, iXML, axml, LIST-INFO, and ID3."""
