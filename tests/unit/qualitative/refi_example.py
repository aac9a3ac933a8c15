"""A project with every kind of element that REFI-QDA 1.5 has, written by hand as other software writes it."""

import zipfile

U = "00000000-0000-4000-8000-0000000000"  # and two digits
INTERVIEW = "\ufeffLeder: Fatimas forløb går godt i Nørhavn 👍 nu.\r\nVi løfter i flok.\r\n"
QDE = f"""<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<!-- written by hand -->
<Project name="Ny chance" origin="ORIGIN" creatingUserGUID="{U}01" creationDateTime="2007-10-01T08:00:00Z"
  basePath="C:/Users/Anna" xmlns="urn:QDA-XML:project:1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="urn:QDA-XML:project:1.0 http://schema.qdasoftware.org/versions/Project/v1.0/Project.xsd">
 <Users><User guid="{U}01" name="Anna Holm" id="AH"/><User guid="{{{U}02}}" name="Bo Riis"/></Users>
 <CodeBook><Codes>
  <Code guid="{U}10" name="Organisering" isCodable="false"><Description>Tema</Description><NoteRef targetGUID="{U}60"/>
   <Code guid="{U}11" name="Fælles opmærksomhed" isCodable="true" color="#ff0000">
    <Code guid="{U}12" name="At løfte i flok" isCodable="true"/>
   </Code>
  </Code>
  <Code guid="{U}13" name="Noget helt andet" isCodable="true"/>
 </Codes></CodeBook>
 <Variables>
  <Variable guid="{U}20" name="Kommune" typeOfVariable="Text"/>
  <Variable guid="{U}21" name="Rolle" typeOfVariable="Text"/>
  <Variable guid="{U}22" name="Dato" typeOfVariable="Date"><Description>samtalens</Description></Variable>
  <Variable guid="{U}23" name="Aktivitet" typeOfVariable="Text"/>
 </Variables>
 <Cases><Case guid="{U}30" name="Leder i Nørhavn"><Description>Fatima Yilmaz' leder</Description><CodeRef targetGUID="{U}13"/>
  <VariableValue><VariableRef targetGUID="{U}20"/><TextValue>Nørhavn</TextValue></VariableValue>
  <VariableValue><VariableRef targetGUID="{U}21"/><TextValue>Ledelse</TextValue></VariableValue>
  <VariableValue><VariableRef targetGUID="{U}22"/><DateValue>2007-09-12</DateValue></VariableValue>
  <VariableValue><VariableRef targetGUID="{U}23"/><TextValue>kommuneinterviews</TextValue></VariableValue>
  <SourceRef targetGUID="{U}40"/><SelectionRef targetGUID="{U}51"/>
 </Case></Cases>
 <Sources>
  <TextSource guid="{U}40" name="Interview" richTextPath="internal://{U}40.docx" plainTextPath="internal://{U}40.TXT"
    creationDateTime="2007-10-02T09:00:00Z">
   <Description>Første samtale</Description>
   <PlainTextSelection guid="{U}50" name="forløb" startPosition="FIRST" endPosition="SECOND" creatingUser="{U}01">
    <Description>om Fatima</Description>
    <Coding guid="{U}70" creatingUser="{U}01"><CodeRef targetGUID="{U}11"/><NoteRef targetGUID="{U}60"/></Coding>
   </PlainTextSelection>
   <PlainTextSelection guid="{U}51" startPosition="THIRD" endPosition="FOURTH">
    <Coding guid="{U}71" creatingUser="{U}02"><CodeRef targetGUID="{{{U}12}}"/></Coding>
   </PlainTextSelection>
   <Coding guid="{U}72" creatingUser="{U}01"><CodeRef targetGUID="{U}13"/></Coding>
  </TextSource>
  <PictureSource guid="{U}41" name="Tavle" path="internal://{U}41.png" currentPath="absolute:///C:/Users/Anna/tavle.png">
   <TextDescription guid="{U}80" name="b"><PlainTextContent>En trappe</PlainTextContent></TextDescription>
   <PictureSelection guid="{U}52" firstX="1" firstY="2" secondX="30" secondY="40">
    <Coding guid="{U}73"><CodeRef targetGUID="{U}11"/></Coding>
   </PictureSelection>
  </PictureSource>
  <PDFSource guid="{U}42" name="Pjece" path="internal://{U}42.pdf">
   <PDFSelection guid="{U}53" page="1" firstX="1" firstY="2" secondX="3" secondY="4">
    <Representation guid="{U}81"><PlainTextContent>trin for trin</PlainTextContent></Representation>
    <Coding guid="{U}74"><CodeRef targetGUID="{U}11"/></Coding>
   </PDFSelection>
   <Representation guid="{U}82"><PlainTextContent>Pjece om trin for trin</PlainTextContent>
    <PlainTextSelection guid="{U}54" startPosition="9" endPosition="22"/></Representation>
  </PDFSource>
  <AudioSource guid="{U}43" name="Optagelse" path="relative:///talk.m4a">
   <Transcript guid="{U}83" name="udskrift"><PlainTextContent>Fatima: Jeg fik en mentor.</PlainTextContent>
    <SyncPoint guid="{U}90" timeStamp="0" position="8"/><SyncPoint guid="{U}91" timeStamp="3000" position="26"/>
    <TranscriptSelection guid="{U}55" fromSyncPoint="{U}90" toSyncPoint="{U}91">
     <Coding guid="{U}75"><CodeRef targetGUID="{U}12"/></Coding>
    </TranscriptSelection>
   </Transcript>
   <AudioSelection guid="{U}56" begin="0" end="3000"><Coding guid="{U}76"><CodeRef targetGUID="{U}11"/></Coding></AudioSelection>
  </AudioSource>
  <VideoSource guid="{U}44" name="Film" path="absolute:///C:/film.mp4">
   <VideoSelection guid="{U}57" begin="10" end="20"/>
  </VideoSource>
 </Sources>
 <Notes><Note guid="{U}60" name="Notat"><PlainTextContent>Spørg Fatima igen</PlainTextContent></Note></Notes>
 <Links><Link guid="{U}61" name="støtter" direction="OneWay" originGUID="{U}11" targetGUID="{U}13"/></Links>
 <Sets><Set guid="{U}62" name="Første runde"><MemberCode targetGUID="{U}11"/><MemberSource targetGUID="{U}40"/>
  <MemberNote targetGUID="{U}60"/></Set></Sets>
 <Graphs><Graph guid="{U}63" name="Kort">
  <Vertex guid="{U}64" representedGUID="{U}11" name="a" firstX="0" firstY="0" shape="Oval" color="#fff"/>
  <Vertex guid="{U}65" name="b" firstX="9" firstY="9"/>
  <Edge guid="{U}66" sourceVertex="{U}64" targetVertex="{U}65" direction="Bidirectional" lineStyle="dotted"/>
 </Graph></Graphs>
 <Description>Alle samtaler</Description><NoteRef targetGUID="{U}60"/>
</Project>
"""


def places(origin):
    """Where the two passages stand, as the origin counts: NVivo in UTF-16 code units, others in characters."""
    text = INTERVIEW.removeprefix("\ufeff")
    found = []
    for said in ("Fatimas forløb går godt i Nørhavn 👍", "Vi løfter i flok."):
        start = text.index(said)
        found += [start, start + len(said)]
    return (
        [len(text[:p].encode("utf-16-le")) // 2 for p in found]
        if origin.startswith("NVivo")
        else found
    )


def write_example(path, origin="ATLAS.ti", change=lambda qde: qde, **files):
    qde = QDE.replace("ORIGIN", origin)
    for word, position in zip(("FIRST", "SECOND", "THIRD", "FOURTH"), places(origin), strict=True):
        qde = qde.replace(word, str(position))
    members = {
        f"Sources/{U}40.txt": INTERVIEW.encode(),
        f"Sources/{U}40.docx": b"the document itself, with Fatima",
        f"Sources/{U}41.png": b"\x89PNG Fatima",
        f"Sources/{U}42.pdf": b"%PDF Fatima",
        "extra/of-this-software.bin": bytes(range(256)),
    } | files
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", change(qde))
        for name, content in members.items():
            archive.writestr(name, content)
    return path
