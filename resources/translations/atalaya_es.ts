<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>ActionBar</name>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>Usar</translation>
    </message>
    <message>
        <source>Fetch</source>
        <translation>Traer</translation>
    </message>
    <message>
        <source>Find the fastest form</source>
        <translation>Buscar la forma más rápida</translation>
    </message>
    <message>
        <source>Verify all</source>
        <translation>Verificar todos</translation>
    </message>
</context>
<context>
    <name>AuditPage</name>
    <message>
        <source>Filter the trail</source>
        <translation>Filtrar el registro</translation>
    </message>
    <message>
        <source>The trail is being exported.</source>
        <translation>Se está exportando el registro.</translation>
    </message>
    <message>
        <source>Entries in {0}: {1}</source>
        <translation>Entradas en {0}: {1}</translation>
    </message>
    <message>
        <source>The chain is being walked.</source>
        <translation>Se está recorriendo la cadena.</translation>
    </message>
    <message>
        <source>Within the database the chain holds. That no tail was cut off is for the anchors to say: python main.py db verify-audit</source>
        <translation>Dentro de la base de datos la cadena se sostiene. Que no se haya cortado el final lo dicen las anclas: python main.py db verify-audit</translation>
    </message>
</context>
<context>
    <name>CalibrationPage</name>
    <message>
        <source>Control points</source>
        <translation>Puntos de control</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Reglas</translation>
    </message>
    <message>
        <source>Publish</source>
        <translation>Publicar</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Cámara</translation>
    </message>
    <message>
        <source>What was changed, and why</source>
        <translation>Qué se cambió y por qué</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Nota</translation>
    </message>
    <message>
        <source>Version {} was published meanwhile. Yours would replace it.</source>
        <translation>Entretanto se publicó la versión {}. La suya la reemplazaría.</translation>
    </message>
    <message>
        <source>Show the published one</source>
        <translation>Mostrar la publicada</translation>
    </message>
    <message>
        <source>Click on a mark of the road whose metres you know. Drag to move it, arrow keys to move by a pixel, Delete to remove.</source>
        <translation>Haga clic en una marca de la vía cuyos metros conoce. Arrastre para moverla, flechas para mover un píxel, Supr para quitarla.</translation>
    </message>
    <message>
        <source>Drag along the road from where speed is measured to where it ends.</source>
        <translation>Arrastre a lo largo de la vía desde donde empieza la medición hasta donde termina.</translation>
    </message>
    <message>
        <source>Drag along the stop line. The arrow shows which way traffic goes.</source>
        <translation>Arrastre sobre la línea de parada. La flecha indica el sentido del tráfico.</translation>
    </message>
    <message>
        <source>Click on the red, then the amber, then the green lamp, or draw a box around each.</source>
        <translation>Haga clic en la luz roja, luego la ámbar y luego la verde, o dibuje un recuadro alrededor de cada una.</translation>
    </message>
    <message>
        <source>Version {}</source>
        <translation>Versión {}</translation>
    </message>
    <message>
        <source>Not configured yet</source>
        <translation>Sin configurar todavía</translation>
    </message>
    <message>
        <source>changed, not published</source>
        <translation>modificada, sin publicar</translation>
    </message>
    <message>
        <source>picture frozen</source>
        <translation>imagen congelada</translation>
    </message>
    <message>
        <source>no picture from this camera yet</source>
        <translation>aún sin imagen de esta cámara</translation>
    </message>
    <message>
        <source>There is no camera to calibrate yet.</source>
        <translation>Todavía no hay cámaras que calibrar.</translation>
    </message>
    <message>
        <source>Add a camera</source>
        <translation>Agregar una cámara</translation>
    </message>
</context>
<context>
    <name>CameraActs</name>
    <message>
        <source>Try</source>
        <translation>Probar</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Nueva</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>Calibrar</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Deshacer</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Guardar</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Agregar</translation>
    </message>
    <message>
        <source>Disable</source>
        <translation>Desactivar</translation>
    </message>
    <message>
        <source>Enable</source>
        <translation>Activar</translation>
    </message>
</context>
<context>
    <name>CameraForm</name>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Lugar</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Dirección</translation>
    </message>
    <message>
        <source>Second stream</source>
        <translation>Segundo flujo</translation>
    </message>
    <message>
        <source>User</source>
        <translation>Usuario</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Contraseña</translation>
    </message>
    <message>
        <source>stored; type to replace</source>
        <translation>guardado; escriba para reemplazar</translation>
    </message>
    <message>
        <source>none; the first for all</source>
        <translation>ninguno; el primero para todo</translation>
    </message>
    <message>
        <source>Av. Arequipa, northbound</source>
        <translation>Av. Arequipa, sentido norte</translation>
    </message>
    <message>
        <source>Give the camera a name.</source>
        <translation>Dele un nombre a la cámara.</translation>
    </message>
    <message>
        <source>Type the address of the camera's video.</source>
        <translation>Escriba la dirección del video de la cámara.</translation>
    </message>
    <message>
        <source>The address must begin with rtsp://, rtsps://, http:// or https://.</source>
        <translation>La dirección debe empezar con rtsp://, rtsps://, http:// o https://.</translation>
    </message>
    <message>
        <source>The address names no camera: rtsp:// must be followed by its host.</source>
        <translation>La dirección no indica la cámara: tras rtsp:// debe ir su equipo.</translation>
    </message>
    <message>
        <source>The address is not well formed: check the port and the brackets.</source>
        <translation>La dirección está mal escrita: revise el puerto y los corchetes.</translation>
    </message>
    <message>
        <source>A password needs a user.</source>
        <translation>Una contraseña necesita un usuario.</translation>
    </message>
    <message>
        <source>A camera with this address is already there.</source>
        <translation>Ya hay una cámara con esta dirección.</translation>
    </message>
    <message>
        <source>The second stream must come from the same camera: the password goes to it, too.</source>
        <translation>El segundo flujo debe venir de la misma cámara: también recibe la contraseña.</translation>
    </message>
    <message>
        <source>The second stream is the first. Type the address of the smaller one, or leave it empty.</source>
        <translation>El segundo flujo es el primero. Escriba la dirección del menor o déjelo vacío.</translation>
    </message>
</context>
<context>
    <name>CameraLists</name>
    <message>
        <source>Cameras</source>
        <translation>Cámaras</translation>
    </message>
    <message>
        <source>Found on the network</source>
        <translation>Encontradas en la red</translation>
    </message>
    <message>
        <source>Search again</source>
        <translation>Buscar de nuevo</translation>
    </message>
    <message>
        <source>There are no cameras yet. Choose one that was found below, or type an address on the right.</source>
        <translation>Todavía no hay cámaras. Elija una de las encontradas abajo o escriba una dirección a la derecha.</translation>
    </message>
    <message>
        <source>Type an address</source>
        <translation>Escribir una dirección</translation>
    </message>
    <message>
        <source>Loading the cameras…</source>
        <translation>Cargando las cámaras…</translation>
    </message>
    <message>
        <source>All cameras that were found are added.</source>
        <translation>Todas las cámaras encontradas ya están agregadas.</translation>
    </message>
    <message>
        <source>No camera has announced itself on the network yet.</source>
        <translation>Ninguna cámara se ha anunciado en la red todavía.</translation>
    </message>
</context>
<context>
    <name>CameraTable</name>
    <message>
        <source>Camera</source>
        <translation>Cámara</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Hoy</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Estado</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>Latencia</translation>
    </message>
    <message>
        <source>Detected</source>
        <translation>Detección</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>Reloj</translation>
    </message>
</context>
<context>
    <name>CamerasPage</name>
    <message>
        <source>This camera is switched off.</source>
        <translation>Esta cámara está desactivada.</translation>
    </message>
    <message>
        <source>New camera</source>
        <translation>Cámara nueva</translation>
    </message>
    <message>
        <source>{} was added.</source>
        <translation>{}: cámara agregada.</translation>
    </message>
    <message>
        <source>{} was changed.</source>
        <translation>{}: cambios guardados.</translation>
    </message>
    <message>
        <source>{} was enabled.</source>
        <translation>{}: cámara activada.</translation>
    </message>
    <message>
        <source>{} was disabled.</source>
        <translation>{}: cámara desactivada.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Deshacer</translation>
    </message>
    <message>
        <source>{} will be removed in 10 s. Its cases stay.</source>
        <translation>{} se quitará en 10 s. Sus casos se conservan.</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>What do you want to do?</source>
        <translation>¿Qué quiere hacer?</translation>
    </message>
</context>
<context>
    <name>DashboardPage</name>
    <message>
        <source>Infractions today</source>
        <translation>Infracciones hoy</translation>
    </message>
    <message>
        <source>Median until decided</source>
        <translation>Mediana hasta decidir</translation>
    </message>
    <message>
        <source>Oldest pending</source>
        <translation>Pendiente más antiguo</translation>
    </message>
    <message>
        <source>By hour, today and the same weekday before (dashed)</source>
        <translation>Por hora: hoy y el mismo día de la semana anterior (línea de trazos)</translation>
    </message>
    <message>
        <source>By type</source>
        <translation>Por tipo</translation>
    </message>
    <message>
        <source>By camera</source>
        <translation>Por cámara</translation>
    </message>
    <message>
        <source>{0} vs. same weekday: {1}</source>
        <translation>{0} vs. semana previa: {1}</translation>
    </message>
    <message>
        <source>same weekday: {}</source>
        <translation>semana previa: {}</translation>
    </message>
    <message>
        <source>waiting for {}</source>
        <translation>espera desde hace {}</translation>
    </message>
</context>
<context>
    <name>DecidedNote</name>
    <message>
        <source>■ Notice {0} for {1}</source>
        <translation>■ Papeleta {0} para {1}</translation>
    </message>
    <message>
        <source>✕ Rejected {}</source>
        <translation>✕ Rechazado {}</translation>
    </message>
    <message>
        <source>◆ {} waits for a second person</source>
        <translation>◆ {} espera a una segunda persona</translation>
    </message>
    <message>
        <source>● Confirmed {}</source>
        <translation>● Confirmado {}</translation>
    </message>
</context>
<context>
    <name>DecisionBar</name>
    <message>
        <source>Confirm</source>
        <translation>Confirmar</translation>
    </message>
    <message>
        <source>Reject…</source>
        <translation>Rechazar…</translation>
    </message>
    <message>
        <source>Correct plate</source>
        <translation>Corregir placa</translation>
    </message>
    <message>
        <source>Issue notice</source>
        <translation>Emitir papeleta</translation>
    </message>
    <message>
        <source>Open PDF</source>
        <translation>Abrir PDF</translation>
    </message>
    <message>
        <source>Hold…</source>
        <translation>Retener…</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Deshacer</translation>
    </message>
    <message>
        <source>{} s</source>
        <translation>{} s</translation>
    </message>
</context>
<context>
    <name>EntriesTable</name>
    <message>
        <source>More</source>
        <translation>Más</translation>
    </message>
    <message>
        <source>The trail is being read.</source>
        <translation>Se está leyendo el registro.</translation>
    </message>
    <message>
        <source>No entry matches.</source>
        <translation>Ninguna entrada coincide.</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Mostrar todo</translation>
    </message>
    <message>
        <source>Entries: {}</source>
        <translation>Entradas: {}</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>N.º</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Hora</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Persona</translation>
    </message>
    <message>
        <source>Act</source>
        <translation>Acto</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>Objeto</translation>
    </message>
</context>
<context>
    <name>EntryPanel</name>
    <message>
        <source>No.</source>
        <translation>N.º</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Hora</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Persona</translation>
    </message>
    <message>
        <source>Act</source>
        <translation>Acto</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>Objeto</translation>
    </message>
    <message>
        <source>Workstation</source>
        <translation>Puesto</translation>
    </message>
    <message>
        <source>Verify the chain</source>
        <translation>Verificar la cadena</translation>
    </message>
    <message>
        <source>Export as CSV</source>
        <translation>Exportar como CSV</translation>
    </message>
</context>
<context>
    <name>ErrorBar</name>
    <message>
        <source>+{} more</source>
        <translation>+{} más</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>Descartar</translation>
    </message>
</context>
<context>
    <name>EventList</name>
    <message>
        <source>Latest</source>
        <translation>Lo último</translation>
    </message>
    <message>
        <source>Nothing has been found yet.</source>
        <translation>Todavía no se ha detectado nada.</translation>
    </message>
    <message>
        <source>All cameras as before; cases are for reviewers.</source>
        <translation>Cámaras sin novedad; los casos son para los revisores.</translation>
    </message>
</context>
<context>
    <name>FactsPanel</name>
    <message>
        <source>Plate</source>
        <translation>Placa</translation>
    </message>
    <message>
        <source>Measurement</source>
        <translation>Medición</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>Origen</translation>
    </message>
    <message>
        <source>Decisions</source>
        <translation>Decisiones</translation>
    </message>
    <message>
        <source>Checking the evidence</source>
        <translation>Comprobando la evidencia</translation>
    </message>
    <message>
        <source>{} files, each with its recorded SHA-256</source>
        <translation>{} archivos, cada uno con su SHA-256 registrado</translation>
    </message>
    <message>
        <source>Erased at the end of its term; only figures are left.</source>
        <translation>Borrado al vencer su plazo; solo quedan las cifras.</translation>
    </message>
</context>
<context>
    <name>FaultReport</name>
    <message>
        <source>Something went wrong in the product itself ({}). It goes on; the details are in the log, please send them to the technician.</source>
        <translation>Algo falló en el propio programa ({}). Sigue funcionando; los detalles están en el registro, envíelos al técnico.</translation>
    </message>
</context>
<context>
    <name>FilterForm</name>
    <message>
        <source>Text</source>
        <translation>Texto</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Persona</translation>
    </message>
    <message>
        <source>Act</source>
        <translation>Acto</translation>
    </message>
    <message>
        <source>Period</source>
        <translation>Período</translation>
    </message>
    <message>
        <source>Case, plate, camera, workstation …</source>
        <translation>Caso, placa, cámara, puesto…</translation>
    </message>
    <message>
        <source>Login</source>
        <translation>Usuario</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Mostrar</translation>
    </message>
    <message>
        <source>All acts</source>
        <translation>Todos los actos</translation>
    </message>
    <message>
        <source>All times</source>
        <translation>Siempre</translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation>Últimas 24 horas</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Últimos 7 días</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Últimos 30 días</translation>
    </message>
</context>
<context>
    <name>FootageForm</name>
    <message>
        <source>Analyse footage</source>
        <translation>Analizar grabaciones</translation>
    </message>
    <message>
        <source>Video files</source>
        <translation>Archivos de video</translation>
    </message>
    <message>
        <source>Camera that took them</source>
        <translation>Cámara que las grabó</translation>
    </message>
    <message>
        <source>The recording begins</source>
        <translation>La grabación comienza</translation>
    </message>
    <message>
        <source>Path of a file, then Enter</source>
        <translation>Ruta de un archivo y Enter</translation>
    </message>
    <message>
        <source>Choose files…</source>
        <translation>Elegir archivos…</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Vaciar</translation>
    </message>
    <message>
        <source>Add to queue</source>
        <translation>Añadir a la cola</translation>
    </message>
    <message>
        <source>Files can also be dropped here. What is found stays in its folder: it does not go to review.</source>
        <translation>También puede soltar archivos aquí. Lo que se encuentra queda en su carpeta: no pasa a revisión.</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>Videos</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Todos los archivos</translation>
    </message>
    <message>
        <source>when the file says, if it does</source>
        <translation>cuando lo dice el archivo, si lo dice</translation>
    </message>
    <message>
        <source>at</source>
        <translation>el</translation>
    </message>
    <message>
        <source>None: detect and track only</source>
        <translation>Ninguna: solo detectar y seguir</translation>
    </message>
</context>
<context>
    <name>FootagePage</name>
    <message>
        <source>There is no file {}. Check the path.</source>
        <translation>No existe el archivo {}. Revise la ruta.</translation>
    </message>
    <message>
        <source>This desktop was started without an analysis.</source>
        <translation>Este escritorio se inició sin análisis de grabaciones.</translation>
    </message>
</context>
<context>
    <name>FormsPanel</name>
    <message>
        <source>Measured on this computer</source>
        <translation>Medido en este equipo</translation>
    </message>
    <message>
        <source>Nothing has been measured.</source>
        <translation>Nada se ha medido.</translation>
    </message>
    <message>
        <source>Nothing has been measured. O finds the form that is fastest here.</source>
        <translation>Nada se ha medido. O busca la forma más rápida en este equipo.</translation>
    </message>
</context>
<context>
    <name>HistoryChart</name>
    <message>
        <source>No history of speed and lamp for this case.</source>
        <translation>Este caso no tiene historia de velocidad ni semáforo.</translation>
    </message>
    <message>
        <source>limit</source>
        <translation>límite</translation>
    </message>
</context>
<context>
    <name>HitTable</name>
    <message>
        <source>No watched plate has passed.</source>
        <translation>No ha pasado ninguna placa vigilada.</translation>
    </message>
    <message>
        <source>Plate</source>
        <translation>Placa</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Cámara</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Hora</translation>
    </message>
</context>
<context>
    <name>HoldPanel</name>
    <message>
        <source>Keep this case from being erased</source>
        <translation>Que este caso no se borre</translation>
    </message>
    <message>
        <source>Reason, without names</source>
        <translation>Motivo, sin nombres</translation>
    </message>
    <message>
        <source>Days</source>
        <translation>Días</translation>
    </message>
    <message>
        <source>Legal hold, without an end</source>
        <translation>Retención legal, sin fecha de término</translation>
    </message>
    <message>
        <source>Hold</source>
        <translation>Retener</translation>
    </message>
    <message>
        <source>While it is held, nothing of the case is erased. Esc goes back.</source>
        <translation>Mientras esté retenido, nada del caso se borra. Esc vuelve.</translation>
    </message>
    <message>
        <source>Type the reason first, in five characters or more.</source>
        <translation>Escriba primero el motivo, en cinco caracteres o más.</translation>
    </message>
</context>
<context>
    <name>HoldRow</name>
    <message>
        <source>Release</source>
        <translation>Liberar</translation>
    </message>
    <message>
        <source>Somebody else must release what you hold.</source>
        <translation>Otra persona debe liberar lo que usted retuvo.</translation>
    </message>
</context>
<context>
    <name>ImportForm</name>
    <message>
        <source>Import a file</source>
        <translation>Importar un archivo</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Archivo</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Licencia</translation>
    </message>
    <message>
        <source>Input size</source>
        <translation>Tamaño</translation>
    </message>
    <message>
        <source>Path of a .pt file</source>
        <translation>Ruta de un archivo .pt</translation>
    </message>
    <message>
        <source>Choose file…</source>
        <translation>Elegir archivo…</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importar</translation>
    </message>
    <message>
        <source>Choose a .pt file that is on this computer.</source>
        <translation>Elija un archivo .pt que esté en este equipo.</translation>
    </message>
    <message>
        <source>The name has small letters, figures, dot, hyphen only.</source>
        <translation>El nombre solo lleva minúsculas, cifras, punto y guion.</translation>
    </message>
    <message>
        <source>Say by which licence the file may be used.</source>
        <translation>Indique con qué licencia se puede usar el archivo.</translation>
    </message>
    <message>
        <source>It is opened safely before it is registered. The file of a model of the list takes that model's place when it has its name.</source>
        <translation>Se abre de forma segura antes de registrarse. El archivo de un modelo de la lista ocupa su lugar si lleva su nombre.</translation>
    </message>
</context>
<context>
    <name>KindTable</name>
    <message>
        <source>Type</source>
        <translation>Tipo</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Hoy</translation>
    </message>
    <message>
        <source>Week before</source>
        <translation>Semana previa</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>Precisión</translation>
    </message>
</context>
<context>
    <name>LoginPage</name>
    <message>
        <source>Choose another password before you go on.</source>
        <translation>Elija otra contraseña antes de seguir.</translation>
    </message>
    <message>
        <source>Traffic control room</source>
        <translation>Sala de control de tránsito</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>Servidor</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Usuario</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Contraseña</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>Este equipo</translation>
    </message>
    <message>
        <source>◆ Caps Lock is on</source>
        <translation>◆ Bloq Mayús está activado</translation>
    </message>
    <message>
        <source>Español</source>
        <translation>English</translation>
    </message>
    <message>
        <source>Dark or light</source>
        <translation>Oscuro o claro</translation>
    </message>
    <message>
        <source>Demonstration: enter as</source>
        <translation>Demostración: entrar como</translation>
    </message>
    <message>
        <source>The new password and its repetition differ.</source>
        <translation>La contraseña nueva y su repetición no coinciden.</translation>
    </message>
    <message>
        <source>Change and log in</source>
        <translation>Cambiar y entrar</translation>
    </message>
    <message>
        <source>Log in</source>
        <translation>Entrar</translation>
    </message>
    <message>
        <source>Asking the server…</source>
        <translation>Consultando al servidor…</translation>
    </message>
    <message>
        <source>Keep the password</source>
        <translation>Conservar la contraseña</translation>
    </message>
    <message>
        <source>Change password</source>
        <translation>Cambiar la contraseña</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>All commands</source>
        <translation>Todas las órdenes</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Pantalla completa</translation>
    </message>
    <message>
        <source>Language: {}</source>
        <translation>Idioma: {}</translation>
    </message>
    <message>
        <source>Dark or light</source>
        <translation>Oscuro o claro</translation>
    </message>
    <message>
        <source>Log out</source>
        <translation>Cerrar sesión</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Salir</translation>
    </message>
</context>
<context>
    <name>MaskBox</name>
    <message>
        <source>Your role sees no plate and no picture without a reason.</source>
        <translation>Su función no ve placas ni imágenes sin un motivo.</translation>
    </message>
    <message>
        <source>Reason, 5 to 200 characters</source>
        <translation>Motivo, de 5 a 200 caracteres</translation>
    </message>
    <message>
        <source>Show both</source>
        <translation>Mostrar ambas</translation>
    </message>
</context>
<context>
    <name>ModelDetails</name>
    <message>
        <source>Title</source>
        <translation>Título</translation>
    </message>
    <message>
        <source>Sees</source>
        <translation>Ve</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>Entrada</translation>
    </message>
    <message>
        <source>Comes from</source>
        <translation>Procedencia</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>En este equipo</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Licencia</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitud</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>Runs as</source>
        <translation>Funciona como</translation>
    </message>
    <message>
        <source>Not possible</source>
        <translation>No se puede</translation>
    </message>
    <message>
        <source>No model is chosen</source>
        <translation>No hay modelo elegido</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Reading the list of models…</source>
        <translation>Leyendo la lista de modelos…</translation>
    </message>
    <message>
        <source>This desktop was started without its models.</source>
        <translation>Este escritorio se inició sin sus modelos.</translation>
    </message>
    <message>
        <source>Something else is under way: wait for it, or cancel it.</source>
        <translation>Hay otra tarea en curso: espere o cancélela.</translation>
    </message>
    <message>
        <source>The list has not been read yet.</source>
        <translation>La lista aún no se ha leído.</translation>
    </message>
</context>
<context>
    <name>NewPassword</name>
    <message>
        <source>New password</source>
        <translation>Contraseña nueva</translation>
    </message>
    <message>
        <source>The same again</source>
        <translation>La misma otra vez</translation>
    </message>
    <message>
        <source>12 characters or more: several words will do.</source>
        <translation>12 caracteres o más: bastan varias palabras.</translation>
    </message>
</context>
<context>
    <name>NewPersonPanel</name>
    <message>
        <source>New person</source>
        <translation>Persona nueva</translation>
    </message>
    <message>
        <source>The password is shown once. It serves for the first login only, where another one is set.</source>
        <translation>La contraseña se muestra una sola vez. Sirve solo para el primer ingreso, donde se fija otra.</translation>
    </message>
    <message>
        <source>Login: small letters, digits, dots</source>
        <translation>Usuario: minúsculas, cifras, puntos</translation>
    </message>
    <message>
        <source>Full name</source>
        <translation>Nombre completo</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Función</translation>
    </message>
    <message>
        <source>Make the login</source>
        <translation>Crear el usuario</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Volver</translation>
    </message>
</context>
<context>
    <name>NoticeList</name>
    <message>
        <source>Plate</source>
        <translation>Placa</translation>
    </message>
    <message>
        <source>Issue notice</source>
        <translation>Emitir papeleta</translation>
    </message>
    <message>
        <source>A notice gets its number once and for good; a draft has none.</source>
        <translation>Una papeleta recibe su número una sola vez; un borrador no lo tiene.</translation>
    </message>
    <message>
        <source>No confirmed case matches.</source>
        <translation>Ningún caso confirmado coincide.</translation>
    </message>
</context>
<context>
    <name>PasswordBox</name>
    <message>
        <source>Password</source>
        <translation>Contraseña</translation>
    </message>
    <message>
        <source>Why a new one, 5 to 200 characters</source>
        <translation>Motivo, de 5 a 200 caracteres</translation>
    </message>
    <message>
        <source>Ask for a new one</source>
        <translation>Pedir una nueva</translation>
    </message>
    <message>
        <source>Approve</source>
        <translation>Aprobar</translation>
    </message>
    <message>
        <source>Refuse</source>
        <translation>Denegar</translation>
    </message>
    <message>
        <source>Your own is changed where you log in.</source>
        <translation>La propia se cambia al iniciar sesión.</translation>
    </message>
    <message>
        <source>Another administrator must approve it within an hour.</source>
        <translation>Otro administrador debe aprobarla dentro de una hora.</translation>
    </message>
    <message>
        <source>You asked for it. Another administrator must approve it.</source>
        <translation>Usted la pidió. Otro administrador debe aprobarla.</translation>
    </message>
    <message>
        <source>{} asked for a new one.</source>
        <translation>{} pidió una nueva.</translation>
    </message>
</context>
<context>
    <name>PdfPanel</name>
    <message>
        <source>Smaller</source>
        <translation>Reducir</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>Ampliar</translation>
    </message>
    <message>
        <source>Width</source>
        <translation>Ancho</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>Guardar como…</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Abrir carpeta</translation>
    </message>
    <message>
        <source>Choose a period or a case on the left; its pages appear here.</source>
        <translation>Elija un período o un caso a la izquierda; aquí aparecen sus páginas.</translation>
    </message>
    <message>
        <source>The document cannot be shown. Make it again.</source>
        <translation>El documento no se puede mostrar. Elabórelo de nuevo.</translation>
    </message>
    <message>
        <source>Pages: {}</source>
        <translation>Páginas: {}</translation>
    </message>
    <message>
        <source>The copy was not written ({}). Choose another place.</source>
        <translation>No se escribió la copia ({}). Elija otro lugar.</translation>
    </message>
    <message>
        <source>Save as</source>
        <translation>Guardar como</translation>
    </message>
</context>
<context>
    <name>PeopleHead</name>
    <message>
        <source>People</source>
        <translation>Personas</translation>
    </message>
    <message>
        <source>New person…</source>
        <translation>Persona nueva…</translation>
    </message>
</context>
<context>
    <name>PeoplePage</name>
    <message>
        <source>For the first login only: {}</source>
        <translation>Solo para el primer ingreso: {}</translation>
    </message>
    <message>
        <source>This is done.</source>
        <translation>Hecho.</translation>
    </message>
    <message>
        <source>The sites are saved.</source>
        <translation>Las sedes están guardadas.</translation>
    </message>
    <message>
        <source>Once it is approved, for a first login only: {}</source>
        <translation>Cuando se apruebe, solo para el primer ingreso: {}</translation>
    </message>
</context>
<context>
    <name>PeopleTable</name>
    <message>
        <source>Nobody is there whom you may look after.</source>
        <translation>No hay nadie a quien usted pueda administrar.</translation>
    </message>
    <message>
        <source>Login</source>
        <translation>Usuario</translation>
    </message>
    <message>
        <source>Full name</source>
        <translation>Nombre completo</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Función</translation>
    </message>
    <message>
        <source>Sites</source>
        <translation>Sedes</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Estado</translation>
    </message>
</context>
<context>
    <name>PeriodForm</name>
    <message>
        <source>Period</source>
        <translation>Período</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Desde</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Hasta</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Tipo</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Hoy</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>Ayer</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Últimos 7 días</translation>
    </message>
    <message>
        <source>This month</source>
        <translation>Este mes</translation>
    </message>
    <message>
        <source>All types</source>
        <translation>Todo tipo</translation>
    </message>
    <message>
        <source>Make report</source>
        <translation>Elaborar informe</translation>
    </message>
</context>
<context>
    <name>PersonPanel</name>
    <message>
        <source>Sites</source>
        <translation>Sedes</translation>
    </message>
    <message>
        <source>Save the sites</source>
        <translation>Guardar las sedes</translation>
    </message>
    <message>
        <source>Let log in again</source>
        <translation>Permitir entrar de nuevo</translation>
    </message>
    <message>
        <source>Let in again</source>
        <translation>Dar de alta</translation>
    </message>
    <message>
        <source>Put out</source>
        <translation>Dar de baja</translation>
    </message>
</context>
<context>
    <name>PlateForm</name>
    <message>
        <source>Plate</source>
        <translation>Placa</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Motivo</translation>
    </message>
    <message>
        <source>Look-alikes too</source>
        <translation>También las parecidas</translation>
    </message>
</context>
<context>
    <name>PlatePanel</name>
    <message>
        <source>Plate, then Return</source>
        <translation>Placa, luego Intro</translation>
    </message>
    <message>
        <source>A plate has 4 to 9 letters and digits; type it again.</source>
        <translation>Una placa tiene de 4 a 9 letras y dígitos; escríbala de nuevo.</translation>
    </message>
    <message>
        <source>No plate was read. E types it in.</source>
        <translation>No se leyó la placa. E para escribirla.</translation>
    </message>
    <message>
        <source>corrected, read as {}</source>
        <translation>corregida, se leyó {}</translation>
    </message>
    <message>
        <source>{0} · {1} reads</source>
        <translation>{0} · {1} lecturas</translation>
    </message>
    <message>
        <source>◆ unusual form</source>
        <translation>◆ forma inusual</translation>
    </message>
</context>
<context>
    <name>PlatesPage</name>
    <message>
        <source>Search for a plate</source>
        <translation>Buscar una placa</translation>
    </message>
</context>
<context>
    <name>PointsModel</name>
    <message>
        <source>Across m</source>
        <translation>Ancho m</translation>
    </message>
    <message>
        <source>Along m</source>
        <translation>Largo m</translation>
    </message>
    <message>
        <source>Error cm</source>
        <translation>Error cm</translation>
    </message>
</context>
<context>
    <name>PreviewPane</name>
    <message>
        <source>Choose a camera, or try an address, to see it.</source>
        <translation>Elija una cámara, o pruebe una dirección, para verla.</translation>
    </message>
    <message>
        <source>Waiting for the engine's picture…</source>
        <translation>Esperando la imagen del motor…</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>Conectando…</translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Queue</source>
        <translation>Cola</translation>
    </message>
    <message>
        <source>No footage has been added. Choose files, or drop them here.</source>
        <translation>No hay grabaciones. Elija archivos o suéltelos aquí.</translation>
    </message>
    <message>
        <source>Choose files…</source>
        <translation>Elegir archivos…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <source>Cases</source>
        <translation>Casos</translation>
    </message>
    <message>
        <source>All states</source>
        <translation>Todos</translation>
    </message>
    <message>
        <source>All types</source>
        <translation>Todo tipo</translation>
    </message>
    <message>
        <source>Oldest first</source>
        <translation>Más antiguos primero</translation>
    </message>
    <message>
        <source>Newest first</source>
        <translation>Más recientes primero</translation>
    </message>
    <message>
        <source>All cameras</source>
        <translation>Todas las cámaras</translation>
    </message>
    <message>
        <source>From {} · all</source>
        <translation>Desde {} · todos</translation>
    </message>
    <message>
        <source>No case waits for a decision.</source>
        <translation>Ningún caso espera decisión.</translation>
    </message>
    <message>
        <source>No case matches. Choose another filter.</source>
        <translation>Ningún caso coincide. Elija otro filtro.</translation>
    </message>
</context>
<context>
    <name>RejectPanel</name>
    <message>
        <source>Why is it rejected?</source>
        <translation>¿Por qué se rechaza?</translation>
    </message>
    <message>
        <source>Comment, if it helps</source>
        <translation>Comentario, si ayuda</translation>
    </message>
    <message>
        <source>One key rejects. Tab goes to the comment, Esc goes back.</source>
        <translation>Una tecla rechaza. Tab va al comentario, Esc vuelve.</translation>
    </message>
</context>
<context>
    <name>ReportPage</name>
    <message>
        <source>Period report</source>
        <translation>Informe de período</translation>
    </message>
    <message>
        <source>Notice</source>
        <translation>Papeleta</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Idioma</translation>
    </message>
    <message>
        <source>Making the document</source>
        <translation>Elaborando el documento</translation>
    </message>
</context>
<context>
    <name>ResultsPanel</name>
    <message>
        <source>Findings</source>
        <translation>Hallazgos</translation>
    </message>
    <message>
        <source>Open clip</source>
        <translation>Abrir video</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Abrir carpeta</translation>
    </message>
    <message>
        <source>Choose a recording that is done; its findings appear here.</source>
        <translation>Elija una grabación terminada; aquí aparecen sus hallazgos.</translation>
    </message>
    <message>
        <source>{} pictures</source>
        <translation>{} imágenes</translation>
    </message>
    <message>
        <source>{} road users</source>
        <translation>{} usuarios de la vía</translation>
    </message>
    <message>
        <source>{} times real time</source>
        <translation>{} veces el tiempo real</translation>
    </message>
    <message>
        <source>time of recording not known</source>
        <translation>hora de grabación desconocida</translation>
    </message>
    <message>
        <source>No camera was chosen, so nothing was measured. The vehicles that were followed are in the folder.</source>
        <translation>No se eligió cámara, así que nada se midió. Los vehículos seguidos están en la carpeta.</translation>
    </message>
    <message>
        <source>No infraction was found in this recording.</source>
        <translation>No se encontró ninguna infracción en esta grabación.</translation>
    </message>
</context>
<context>
    <name>ResultsTable</name>
    <message>
        <source>More</source>
        <translation>Más</translation>
    </message>
    <message>
        <source>Watch this plate</source>
        <translation>Vigilar esta placa</translation>
    </message>
    <message>
        <source>No vehicle with such a plate passed.</source>
        <translation>No pasó ningún vehículo con esa placa.</translation>
    </message>
    <message>
        <source>Type a plate and why you look for it.</source>
        <translation>Escriba una placa y por qué la busca.</translation>
    </message>
    <message>
        <source>Vehicles: {}</source>
        <translation>Vehículos: {}</translation>
    </message>
    <message>
        <source>Plate</source>
        <translation>Placa</translation>
    </message>
    <message>
        <source>Match</source>
        <translation>Coincidencia</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Confianza</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Cámara</translation>
    </message>
    <message>
        <source>Vehicle</source>
        <translation>Vehículo</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Hora</translation>
    </message>
    <message>
        <source>the same</source>
        <translation>igual</translation>
    </message>
    <message>
        <source>look-alike</source>
        <translation>parecida</translation>
    </message>
    <message>
        <source>one character off</source>
        <translation>a un carácter</translation>
    </message>
    <message>
        <source>{} · a guess</source>
        <translation>{} · supuesta</translation>
    </message>
</context>
<context>
    <name>RetentionPage</name>
    <message>
        <source>Terms of keeping</source>
        <translation>Plazos de conservación</translation>
    </message>
    <message>
        <source>Saved. What is older goes within a day.</source>
        <translation>Guardado. Lo anterior se borra en el plazo de un día.</translation>
    </message>
    <message>
        <source>Saved. It erases nothing before seven days are over.</source>
        <translation>Guardado. No borra nada antes de siete días.</translation>
    </message>
</context>
<context>
    <name>ReviewPage</name>
    <message>
        <source>Next case</source>
        <translation>Caso siguiente</translation>
    </message>
    <message>
        <source>Previous case</source>
        <translation>Caso anterior</translation>
    </message>
    <message>
        <source>Decided meanwhile by {}. The next case is shown.</source>
        <translation>Entretanto lo decidió {}. Se muestra el caso siguiente.</translation>
    </message>
    <message>
        <source>{} has this case in hand. It is free once it is left.</source>
        <translation>{} tiene este caso en sus manos. Quedará libre cuando lo deje.</translation>
    </message>
    <message>
        <source>The clip cannot be played. Decide by the stills, or reject.</source>
        <translation>El video no se puede reproducir. Decida con las fotos o rechace.</translation>
    </message>
</context>
<context>
    <name>RulesForm</name>
    <message>
        <source>Speeding</source>
        <translation>Exceso de velocidad</translation>
    </message>
    <message>
        <source>Red light</source>
        <translation>Luz roja</translation>
    </message>
    <message>
        <source>Stretch along the road</source>
        <translation>Tramo a lo largo de la vía</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>Límite</translation>
    </message>
    <message>
        <source>Tolerance</source>
        <translation>Tolerancia</translation>
    </message>
    <message>
        <source>Expected uncertainty</source>
        <translation>Incertidumbre prevista</translation>
    </message>
    <message>
        <source>Grace after the change</source>
        <translation>Gracia tras el cambio</translation>
    </message>
    <message>
        <source>Turn line round</source>
        <translation>Invertir línea</translation>
    </message>
    <message>
        <source>Draw lamps again</source>
        <translation>Redibujar luces</translation>
    </message>
    <message>
        <source>Stretch from</source>
        <translation>Tramo desde</translation>
    </message>
    <message>
        <source>Stretch to</source>
        <translation>Tramo hasta</translation>
    </message>
</context>
<context>
    <name>SealSign</name>
    <message>
        <source>Details</source>
        <translation>Detalles</translation>
    </message>
</context>
<context>
    <name>SearchForm</name>
    <message>
        <source>Period</source>
        <translation>Período</translation>
    </message>
    <message>
        <source>Goes into the trail with your name</source>
        <translation>Queda en el registro de auditoría con su nombre</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Buscar</translation>
    </message>
    <message>
        <source>All times</source>
        <translation>Siempre</translation>
    </message>
    <message>
        <source>Last 24 hours</source>
        <translation>Últimas 24 horas</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Últimos 7 días</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Últimos 30 días</translation>
    </message>
    <message>
        <source>* any characters, ? one; look-alikes: O and 0, B and 8, I and 1 …</source>
        <translation>* varios caracteres, ? uno; parecidas: O y 0, B y 8, I y 1…</translation>
    </message>
</context>
<context>
    <name>ServerForm</name>
    <message>
        <source>Type an address that begins with http:// or https://.</source>
        <translation>Escriba una dirección que comience con http:// o https://.</translation>
    </message>
    <message>
        <source>Inference server</source>
        <translation>Servidor de inferencia</translation>
    </message>
    <message>
        <source>Use server</source>
        <translation>Usar servidor</translation>
    </message>
</context>
<context>
    <name>SessionsBox</name>
    <message>
        <source>Connected</source>
        <translation>Conexiones</translation>
    </message>
    <message>
        <source>End all sessions</source>
        <translation>Cerrar todas las sesiones</translation>
    </message>
    <message>
        <source>From nowhere.</source>
        <translation>Ninguna.</translation>
    </message>
    <message>
        <source>and from {} places more</source>
        <translation>y desde {} lugares más</translation>
    </message>
    <message>
        <source>{0} · {1} · since {2}</source>
        <translation>{0} · {1} · desde {2}</translation>
    </message>
</context>
<context>
    <name>SitesBox</name>
    <message>
        <source>All sites, those to come included</source>
        <translation>Todas las sedes, también las futuras</translation>
    </message>
    <message>
        <source>Sites</source>
        <translation>Sedes</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>‹ Frame</source>
        <translation>‹ Cuadro</translation>
    </message>
    <message>
        <source>Frame ›</source>
        <translation>Cuadro ›</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Repetir</translation>
    </message>
    <message>
        <source>Overlay</source>
        <translation>Capas</translation>
    </message>
    <message>
        <source>frame {0} of {1}</source>
        <translation>cuadro {0} de {1}</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>engine stopped</source>
        <translation>motor detenido</translation>
    </message>
    <message>
        <source>engine</source>
        <translation>motor</translation>
    </message>
    <message>
        <source>{0}/{1} cameras</source>
        <translation>{0}/{1} cámaras</translation>
    </message>
    <message>
        <source>{0} det/s · {1}</source>
        <translation>{0} det/s · {1}</translation>
    </message>
    <message>
        <source>Frames examined per second, and the slowest camera's latency</source>
        <translation>Imágenes analizadas por segundo y latencia de la cámara más lenta</translation>
    </message>
    <message>
        <source>database unreachable</source>
        <translation>base de datos sin respuesta</translation>
    </message>
    <message>
        <source>database</source>
        <translation>base de datos</translation>
    </message>
    <message>
        <source>{0} findings waiting</source>
        <translation>{0} hallazgos en espera</translation>
    </message>
    <message>
        <source>clock {0}</source>
        <translation>reloj {0}</translation>
    </message>
    <message>
        <source>The camera clock that is farthest from this computer's</source>
        <translation>El reloj de cámara que más se aparta del de este equipo</translation>
    </message>
</context>
<context>
    <name>StillStrip</name>
    <message>
        <source>Before</source>
        <translation>Antes</translation>
    </message>
    <message>
        <source>Decisive</source>
        <translation>Decisiva</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Después</translation>
    </message>
    <message>
        <source>Plate</source>
        <translation>Placa</translation>
    </message>
</context>
<context>
    <name>StreamsNote</name>
    <message>
        <source>Trying both streams…</source>
        <translation>Probando ambos flujos…</translation>
    </message>
    <message>
        <source>The second stream is a smaller picture of the same camera. The wall and the detector use it, which spares the computer; evidence and plates always come from the first. Without one, the first is used for everything.</source>
        <translation>El segundo flujo es una imagen menor de la misma cámara. La pared y el detector usan esa imagen, lo que alivia al equipo; la evidencia y las placas salen siempre del primero. Sin segundo flujo, el primero sirve para todo.</translation>
    </message>
    <message>
        <source>First: {}.</source>
        <translation>Primero: {}.</translation>
    </message>
    <message>
        <source>Second: {}.</source>
        <translation>Segundo: {}.</translation>
    </message>
    <message>
        <source>They go together.</source>
        <translation>Van juntos.</translation>
    </message>
</context>
<context>
    <name>TermPanel</name>
    <message>
        <source>Save the term</source>
        <translation>Guardar el plazo</translation>
    </message>
    <message>
        <source>Due now</source>
        <translation>Vencidos ahora</translation>
    </message>
    <message>
        <source> days</source>
        <translation> días</translation>
    </message>
    <message>
        <source>Days</source>
        <translation>Días</translation>
    </message>
    <message>
        <source>From the passage on. What belongs to a case stays as long as the case, what the watch list met as long as its entry.</source>
        <translation>Desde el paso del vehículo. Lo que pertenece a un caso queda tanto como el caso; lo que encontró la lista de vigilancia, tanto como su entrada.</translation>
    </message>
    <message>
        <source>From the last act on the case. Once the term is over the case is erased with its files, and a certificate stays. What is held stays.</source>
        <translation>Desde el último acto sobre el caso. Vencido el plazo, el caso se borra con sus archivos y queda un certificado. Lo retenido se conserva.</translation>
    </message>
    <message>
        <source>Being counted…</source>
        <translation>Contando…</translation>
    </message>
    <message>
        <source>Nothing.</source>
        <translation>Nada.</translation>
    </message>
    <message>
        <source>{0} cases go with {1} files, {2}; {3} are held and stay.</source>
        <translation>Se van {0} casos con {1} archivos, {2}; {3} están retenidos y se conservan.</translation>
    </message>
</context>
<context>
    <name>TermTable</name>
    <message>
        <source>The terms are being read.</source>
        <translation>Se están leyendo los plazos.</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Qué</translation>
    </message>
    <message>
        <source>Days</source>
        <translation>Días</translation>
    </message>
    <message>
        <source>In force since</source>
        <translation>Vigente desde</translation>
    </message>
    <message>
        <source>Due now</source>
        <translation>Vencidos ahora</translation>
    </message>
    <message>
        <source>Of these held</source>
        <translation>De ellos retenidos</translation>
    </message>
</context>
<context>
    <name>ToolBar</name>
    <message>
        <source>Points</source>
        <translation>Puntos</translation>
    </message>
    <message>
        <source>Measured stretch</source>
        <translation>Tramo</translation>
    </message>
    <message>
        <source>Stop line</source>
        <translation>Línea</translation>
    </message>
    <message>
        <source>Lamps</source>
        <translation>Luces</translation>
    </message>
    <message>
        <source>Freeze</source>
        <translation>Congelar</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Deshacer</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Rehacer</translation>
    </message>
    <message>
        <source>Whole picture</source>
        <translation>Todo</translation>
    </message>
</context>
<context>
    <name>WallKeys</name>
    <message>
        <source>Grid</source>
        <translation>Mosaico</translation>
    </message>
    <message>
        <source>Freeze</source>
        <translation>Congelar</translation>
    </message>
    <message>
        <source>Overlays</source>
        <translation>Marcas</translation>
    </message>
    <message>
        <source>Zones</source>
        <translation>Zonas</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Pantalla completa</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Anterior</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Siguiente</translation>
    </message>
    <message>
        <source>1–9 enlarge · Esc back · drag or Ctrl+arrows to arrange</source>
        <translation>1–9 ampliar · Esc volver · arrastrar o Ctrl+flechas para ordenar</translation>
    </message>
</context>
<context>
    <name>WallPage</name>
    <message>
        <source>Loading the cameras…</source>
        <translation>Cargando las cámaras…</translation>
    </message>
    <message>
        <source>There are no cameras yet.</source>
        <translation>Todavía no hay cámaras.</translation>
    </message>
    <message>
        <source>Add a camera</source>
        <translation>Agregar una cámara</translation>
    </message>
    <message>
        <source>There are no cameras yet. A technician can add them.</source>
        <translation>Todavía no hay cámaras. Un técnico puede agregarlas.</translation>
    </message>
</context>
<context>
    <name>WatchForm</name>
    <message>
        <source>Days</source>
        <translation>Días</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>Vigilar</translation>
    </message>
</context>
<context>
    <name>WatchNotice</name>
    <message>
        <source>Watched plate {0} at {1}, {2}: {3}</source>
        <translation>Placa vigilada {0} en {1}, {2}: {3}</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Mostrar</translation>
    </message>
</context>
<context>
    <name>WatchPanel</name>
    <message>
        <source>Latest hits</source>
        <translation>Últimos avistamientos</translation>
    </message>
    <message>
        <source>Watch list</source>
        <translation>Placas vigiladas</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Terminar</translation>
    </message>
</context>
<context>
    <name>WatchTable</name>
    <message>
        <source>No plate is watched for.</source>
        <translation>No se vigila ninguna placa.</translation>
    </message>
    <message>
        <source>Plate</source>
        <translation>Placa</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Motivo</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>Hasta</translation>
    </message>
    <message>
        <source>Hits</source>
        <translation>Avist.</translation>
    </message>
</context>
<context>
    <name>WorkStrip</name>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
</context>
<context>
    <name>acts</name>
    <message>
        <source>Added a case</source>
        <translation>Añadió un caso</translation>
    </message>
    <message>
        <source>Decided a case</source>
        <translation>Decidió un caso</translation>
    </message>
    <message>
        <source>Undid a decision</source>
        <translation>Deshizo una decisión</translation>
    </message>
    <message>
        <source>Issued a notice</source>
        <translation>Emitió una papeleta</translation>
    </message>
    <message>
        <source>Published a configuration</source>
        <translation>Publicó una configuración</translation>
    </message>
    <message>
        <source>Saved a camera</source>
        <translation>Guardó una cámara</translation>
    </message>
    <message>
        <source>Retired a camera</source>
        <translation>Retiró una cámara</translation>
    </message>
    <message>
        <source>Searched for plates</source>
        <translation>Buscó placas</translation>
    </message>
    <message>
        <source>Was shown plates</source>
        <translation>Vio placas</translation>
    </message>
    <message>
        <source>Began to watch a plate</source>
        <translation>Empezó a vigilar una placa</translation>
    </message>
    <message>
        <source>Stopped watching a plate</source>
        <translation>Dejó de vigilar una placa</translation>
    </message>
    <message>
        <source>Forgot old plates</source>
        <translation>Olvidó placas antiguas</translation>
    </message>
    <message>
        <source>Registered an engine's key</source>
        <translation>Registró la clave de un motor</translation>
    </message>
    <message>
        <source>Let another login speak for an engine</source>
        <translation>Dejó que otra cuenta hable por un motor</translation>
    </message>
    <message>
        <source>Took an engine that was let go</source>
        <translation>Tomó un motor que quedó libre</translation>
    </message>
    <message>
        <source>Said how long plates are kept</source>
        <translation>Fijó cuánto se guardan las placas</translation>
    </message>
    <message>
        <source>Held a case</source>
        <translation>Retuvo un caso</translation>
    </message>
    <message>
        <source>Released a case</source>
        <translation>Liberó un caso</translation>
    </message>
    <message>
        <source>Said how long cases are kept</source>
        <translation>Fijó cuánto se guardan los casos</translation>
    </message>
    <message>
        <source>Erased a case</source>
        <translation>Borró un caso</translation>
    </message>
    <message>
        <source>Certified an erasure</source>
        <translation>Certificó un borrado</translation>
    </message>
    <message>
        <source>Asked for all of a plate</source>
        <translation>Pidió todo lo de una placa</translation>
    </message>
    <message>
        <source>Was shown all of a plate</source>
        <translation>Vio todo lo de una placa</translation>
    </message>
    <message>
        <source>Made a person</source>
        <translation>Creó una persona</translation>
    </message>
    <message>
        <source>Put out or let in</source>
        <translation>Dio de baja o de alta</translation>
    </message>
    <message>
        <source>Ended sessions</source>
        <translation>Cerró sesiones</translation>
    </message>
    <message>
        <source>Read a page of cases</source>
        <translation>Leyó una página de casos</translation>
    </message>
    <message>
        <source>Read a case</source>
        <translation>Leyó un caso</translation>
    </message>
    <message>
        <source>Watched a clip</source>
        <translation>Vio un video</translation>
    </message>
    <message>
        <source>Printed a case</source>
        <translation>Imprimió un caso</translation>
    </message>
    <message>
        <source>Exported a case</source>
        <translation>Exportó un caso</translation>
    </message>
    <message>
        <source>Looked for cases by plate</source>
        <translation>Buscó casos por placa</translation>
    </message>
    <message>
        <source>Took the mask off a plate</source>
        <translation>Descubrió una placa</translation>
    </message>
    <message>
        <source>Read of a vehicle's owner</source>
        <translation>Leyó los datos del titular de un vehículo</translation>
    </message>
    <message>
        <source>Took a case in hand</source>
        <translation>Tomó un caso</translation>
    </message>
    <message>
        <source>Gave or took sites</source>
        <translation>Dio o quitó sedes</translation>
    </message>
    <message>
        <source>Made a site</source>
        <translation>Creó una sede</translation>
    </message>
    <message>
        <source>Put a camera under a site</source>
        <translation>Asignó una cámara a una sede</translation>
    </message>
    <message>
        <source>Said how a site decides</source>
        <translation>Fijó cómo decide una sede</translation>
    </message>
    <message>
        <source>Changed the own password</source>
        <translation>Cambió su propia contraseña</translation>
    </message>
    <message>
        <source>Asked for a new password</source>
        <translation>Pidió una contraseña nueva</translation>
    </message>
    <message>
        <source>Ended a reset of a password</source>
        <translation>Cerró un cambio de contraseña</translation>
    </message>
    <message>
        <source>Found a password set past the functions</source>
        <translation>Halló una contraseña cambiada por fuera</translation>
    </message>
    <message>
        <source>Found a password too old</source>
        <translation>Halló una contraseña vencida</translation>
    </message>
    <message>
        <source>Said how old passwords may be</source>
        <translation>Fijó la vigencia de las contraseñas</translation>
    </message>
    <message>
        <source>Locked a login out</source>
        <translation>Bloqueó un usuario</translation>
    </message>
    <message>
        <source>Let somebody log in again</source>
        <translation>Permitió entrar de nuevo</translation>
    </message>
    <message>
        <source>Closed the tables with plates</source>
        <translation>Cerró las tablas con placas</translation>
    </message>
</context>
<context>
    <name>cameras</name>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Lugar</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Estado</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>Cuadros</translation>
    </message>
    <message>
        <source>Looked at</source>
        <translation>Analizados</translation>
    </message>
    <message>
        <source>Latency</source>
        <translation>Latencia</translation>
    </message>
    <message>
        <source>Cases</source>
        <translation>Casos</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>Equipo</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Tipo</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Dirección</translation>
    </message>
    <message>
        <source>being removed</source>
        <translation>quitándose</translation>
    </message>
</context>
<context>
    <name>chain</name>
    <message>
        <source>An entry stands outside of the chain.</source>
        <translation>Una entrada está fuera de la cadena.</translation>
    </message>
    <message>
        <source>Entry {} was altered.</source>
        <translation>La entrada {} fue alterada.</translation>
    </message>
    <message>
        <source>Entries before {} are missing.</source>
        <translation>Faltan entradas antes de la {}.</translation>
    </message>
    <message>
        <source>Entries after {} are missing.</source>
        <translation>Faltan entradas después de la {}.</translation>
    </message>
    <message>
        <source>The chain is broken at entry {}.</source>
        <translation>La cadena está rota en la entrada {}.</translation>
    </message>
</context>
<context>
    <name>events</name>
    <message>
        <source>Camera offline</source>
        <translation>Cámara sin señal</translation>
    </message>
    <message>
        <source>Camera back</source>
        <translation>Cámara restablecida</translation>
    </message>
</context>
<context>
    <name>facts</name>
    <message>
        <source>{} after red</source>
        <translation>{} tras el rojo</translation>
    </message>
    <message>
        <source>Estimate, not measured by a certified instrument</source>
        <translation>Estimación, no medida por instrumento certificado</translation>
    </message>
    <message>
        <source>{0} in {1}, {2} points</source>
        <translation>{0} en {1}, {2} puntos</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Medida</translation>
    </message>
    <message>
        <source>Considered</source>
        <translation>Considerada</translation>
    </message>
    <message>
        <source>less uncertainty</source>
        <translation>menos incertidumbre</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>Límite</translation>
    </message>
    <message>
        <source>Excess</source>
        <translation>Exceso</translation>
    </message>
    <message>
        <source>Stretch</source>
        <translation>Tramo</translation>
    </message>
    <message>
        <source>Lamp</source>
        <translation>Semáforo</translation>
    </message>
    <message>
        <source>Red for</source>
        <translation>En rojo</translation>
    </message>
    <message>
        <source>Grace</source>
        <translation>Gracia</translation>
    </message>
    <message>
        <source>Amber before</source>
        <translation>Ámbar anterior</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Velocidad</translation>
    </message>
    <message>
        <source>limit {}</source>
        <translation>límite {}</translation>
    </message>
    <message>
        <source>Vehicle</source>
        <translation>Vehículo</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>Regla</translation>
    </message>
    <message>
        <source>Configuration</source>
        <translation>Configuración</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Software</source>
        <translation>Programa</translation>
    </message>
    <message>
        <source>Camera clock</source>
        <translation>Reloj de cámara</translation>
    </message>
    <message>
        <source>Case</source>
        <translation>Caso</translation>
    </message>
    <message>
        <source>Confirmed by {}</source>
        <translation>Confirmado por {}</translation>
    </message>
    <message>
        <source>Rejected by {}</source>
        <translation>Rechazado por {}</translation>
    </message>
</context>
<context>
    <name>faults</name>
    <message>
        <source>Set {} more control points: the road needs four.</source>
        <translation>Marque {} puntos de control más: la vía necesita cuatro.</translation>
    </message>
    <message>
        <source>{} points have no metres yet: type them in the table.</source>
        <translation>{} puntos aún no tienen metros: escríbalos en la tabla.</translation>
    </message>
    <message>
        <source>The control points lie in a row or fall together: spread them over the road.</source>
        <translation>Los puntos de control están alineados o coinciden: repártalos por la vía.</translation>
    </message>
    <message>
        <source>The control points disagree by up to {} cm: check places and metres.</source>
        <translation>Los puntos de control discrepan hasta {} cm: revise posiciones y metros.</translation>
    </message>
    <message>
        <source>Point {} does not fit the others: check its place and its metres.</source>
        <translation>El punto {} no concuerda con los demás: revise su posición y sus metros.</translation>
    </message>
    <message>
        <source>Speed needs a calibration: set four control points on the road.</source>
        <translation>La velocidad necesita calibración: marque cuatro puntos de control en la vía.</translation>
    </message>
    <message>
        <source>Speed needs a measured stretch of 5 m or more: draw it or type it.</source>
        <translation>La velocidad necesita un tramo medido de 5 m o más: dibújelo o escríbalo.</translation>
    </message>
    <message>
        <source>The stretch goes beyond the control points, where the scale is a guess: add points at its ends.</source>
        <translation>El tramo sobrepasa los puntos de control, donde la escala es incierta: agregue puntos en sus extremos.</translation>
    </message>
    <message>
        <source>Speeds would be uncertain by ± {} km/h: lengthen the stretch or measure the points more exactly.</source>
        <translation>La velocidad tendría una incertidumbre de ± {} km/h: alargue el tramo o mida los puntos con más exactitud.</translation>
    </message>
    <message>
        <source>At {} km/h a vehicle is seen too seldom in the stretch: lengthen it.</source>
        <translation>A {} km/h un vehículo se ve muy pocas veces en el tramo: alárguelo.</translation>
    </message>
    <message>
        <source>Red light needs a stop line: draw it.</source>
        <translation>La luz roja necesita una línea de parada: dibújela.</translation>
    </message>
    <message>
        <source>The stop line is too short: draw it across the lanes.</source>
        <translation>La línea de parada es muy corta: dibújela a lo ancho de los carriles.</translation>
    </message>
    <message>
        <source>Red light needs the lamps: {} are not drawn yet.</source>
        <translation>La luz roja necesita las luces del semáforo: faltan {} por dibujar.</translation>
    </message>
    <message>
        <source>A lamp is smaller than {} pixels: its colour is unsure.</source>
        <translation>Una luz mide menos de {} píxeles: su color es dudoso.</translation>
    </message>
</context>
<context>
    <name>flaws</name>
    <message>
        <source>Type 2 to 16 letters, digits, * or ?</source>
        <translation>Escriba de 2 a 16 letras, cifras, * o ?</translation>
    </message>
    <message>
        <source>Give at least three letters or digits.</source>
        <translation>Indique al menos tres letras o cifras.</translation>
    </message>
    <message>
        <source>Give a whole plate: 4 to 10 letters and digits.</source>
        <translation>Indique una placa entera: de 4 a 10 letras y cifras.</translation>
    </message>
    <message>
        <source>Say why, in five characters or more.</source>
        <translation>Indique el motivo, con cinco caracteres o más.</translation>
    </message>
    <message>
        <source>The reason is longer than 200 characters.</source>
        <translation>El motivo tiene más de 200 caracteres.</translation>
    </message>
    <message>
        <source>A plate is watched for 90 days at most.</source>
        <translation>Una placa se vigila 90 días como máximo.</translation>
    </message>
</context>
<context>
    <name>footage</name>
    <message>
        <source>○ waiting</source>
        <translation>○ en espera</translation>
    </message>
    <message>
        <source>○ at work</source>
        <translation>○ en curso</translation>
    </message>
    <message>
        <source>● done</source>
        <translation>● terminada</translation>
    </message>
    <message>
        <source>◆ incomplete</source>
        <translation>◆ incompleta</translation>
    </message>
    <message>
        <source>◆ cancelled</source>
        <translation>◆ cancelada</translation>
    </message>
    <message>
        <source>▲ failed</source>
        <translation>▲ falló</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Archivo</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Cámara</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Estado</translation>
    </message>
    <message>
        <source>Reached</source>
        <translation>Llegó a</translation>
    </message>
    <message>
        <source>Pictures/s</source>
        <translation>Imágenes/s</translation>
    </message>
    <message>
        <source>Infractions</source>
        <translation>Infracciones</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Hora</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Tipo</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>Medida</translation>
    </message>
    <message>
        <source>Plate</source>
        <translation>Placa</translation>
    </message>
</context>
<context>
    <name>holds</name>
    <message>
        <source>Legal hold</source>
        <translation>Retención legal</translation>
    </message>
    <message>
        <source>Locked until {}</source>
        <translation>Retenido hasta {}</translation>
    </message>
</context>
<context>
    <name>keys</name>
    <message>
        <source>Space</source>
        <translation>Espacio</translation>
    </message>
    <message>
        <source>Shift</source>
        <translation>Mayús</translation>
    </message>
    <message>
        <source>PgUp</source>
        <translation>RePág</translation>
    </message>
    <message>
        <source>PgDn</source>
        <translation>AvPág</translation>
    </message>
    <message>
        <source>Del</source>
        <translation>Supr</translation>
    </message>
</context>
<context>
    <name>models</name>
    <message>
        <source>State</source>
        <translation>Estado</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Título</translation>
    </message>
    <message>
        <source>Sees</source>
        <translation>Ve</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>Entrada</translation>
    </message>
    <message>
        <source>Comes from</source>
        <translation>Procedencia</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Licencia</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitud</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>Runs as</source>
        <translation>Funciona como</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>Forma</translation>
    </message>
    <message>
        <source>Pictures/s</source>
        <translation>Imágenes/s</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>Coincidencia</translation>
    </message>
    <message>
        <source>Choosing the model…</source>
        <translation>Eligiendo el modelo…</translation>
    </message>
    <message>
        <source>Fetching the model…</source>
        <translation>Trayendo el modelo…</translation>
    </message>
    <message>
        <source>Taking the file in…</source>
        <translation>Recibiendo el archivo…</translation>
    </message>
    <message>
        <source>Verifying the models…</source>
        <translation>Verificando los modelos…</translation>
    </message>
    <message>
        <source>Finding the fastest form…</source>
        <translation>Buscando la forma más rápida…</translation>
    </message>
    <message>
        <source>Cancelled. What was in use stays in use.</source>
        <translation>Cancelado. Lo que estaba en uso sigue en uso.</translation>
    </message>
    <message>
        <source>{0} runs as {1} when the engine starts again.</source>
        <translation>{0} funcionará como {1} cuando el motor vuelva a iniciarse.</translation>
    </message>
    <message>
        <source>{} is here, and is the one on record.</source>
        <translation>{} está en este equipo y es el registrado.</translation>
    </message>
    <message>
        <source>{} is in the list. Choose it there to use it.</source>
        <translation>{} está en la lista. Elíjalo ahí para usarlo.</translation>
    </message>
    <message>
        <source>{0} is chosen, but Atalaya was started with --model {1}: the engine takes {0} once Atalaya is started without it.</source>
        <translation>{0} queda elegido, pero Atalaya se inició con --model {1}: el motor tomará {0} cuando Atalaya se inicie sin esa opción.</translation>
    </message>
    <message>
        <source>{} is chosen. The engine takes it when it starts again: close Atalaya and open it.</source>
        <translation>{} queda elegido. El motor lo tomará cuando vuelva a iniciarse: cierre Atalaya y ábralo.</translation>
    </message>
    <message>
        <source>Not all models are the ones on record.</source>
        <translation>No todos los modelos son los registrados.</translation>
    </message>
    <message>
        <source>All models on this computer are the ones on record.</source>
        <translation>Todos los modelos de este equipo son los registrados.</translation>
    </message>
    <message>
        <source>It is in use already.</source>
        <translation>Ya está en uso.</translation>
    </message>
    <message>
        <source>It runs on its server, not here.</source>
        <translation>Funciona en su servidor, no aquí.</translation>
    </message>
    <message>
        <source>Choose a model.</source>
        <translation>Elija un modelo.</translation>
    </message>
    <message>
        <source>It finds plates, not road users.</source>
        <translation>Encuentra placas, no usuarios de la vía.</translation>
    </message>
    <message>
        <source>It is not on this computer.</source>
        <translation>No está en este equipo.</translation>
    </message>
    <message>
        <source>Its file is not the one on record.</source>
        <translation>Su archivo no es el registrado.</translation>
    </message>
    <message>
        <source>It comes with the program.</source>
        <translation>Viene con el programa.</translation>
    </message>
    <message>
        <source>It was brought as a file: import that again.</source>
        <translation>Se trajo como archivo: impórtelo de nuevo.</translation>
    </message>
    <message>
        <source>It is on this computer already.</source>
        <translation>Ya está en este equipo.</translation>
    </message>
    <message>
        <source>Served by an inference server</source>
        <translation>Servido por un servidor de inferencia</translation>
    </message>
    <message>
        <source>{} more</source>
        <translation>{} más</translation>
    </message>
    <message>
        <source>with the program</source>
        <translation>con el programa</translation>
    </message>
    <message>
        <source>package index</source>
        <translation>índice de paquetes</translation>
    </message>
    <message>
        <source>download</source>
        <translation>descarga</translation>
    </message>
    <message>
        <source>brought as a file</source>
        <translation>traído como archivo</translation>
    </message>
    <message>
        <source>inference server</source>
        <translation>servidor de inferencia</translation>
    </message>
    <message>
        <source>{}  ● verified</source>
        <translation>{}  ● verificado</translation>
    </message>
    <message>
        <source>the usual one</source>
        <translation>la habitual</translation>
    </message>
    <message>
        <source>{0}, measured {1}</source>
        <translation>{0}, medida el {1}</translation>
    </message>
    <message>
        <source>{} 8-bit</source>
        <translation>{} 8 bits</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>dañado</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>en uso</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>falta</translation>
    </message>
    <message>
        <source>here</source>
        <translation>en el equipo</translation>
    </message>
    <message>
        <source>in 8 bits</source>
        <translation>en 8 bits</translation>
    </message>
    <message>
        <source>not here</source>
        <translation>no está aquí</translation>
    </message>
</context>
<context>
    <name>pages</name>
    <message>
        <source>Live wall</source>
        <translation>Muro en vivo</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>En vivo</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Revisión</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>Cifras</translation>
    </message>
    <message>
        <source>Cameras</source>
        <translation>Cámaras</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Calibración</translation>
    </message>
    <message>
        <source>Calibrate</source>
        <translation>Calibrar</translation>
    </message>
    <message>
        <source>Reports</source>
        <translation>Informes</translation>
    </message>
    <message>
        <source>Footage</source>
        <translation>Grabaciones</translation>
    </message>
    <message>
        <source>Videos</source>
        <translation>Videos</translation>
    </message>
    <message>
        <source>Plates</source>
        <translation>Placas</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>People</source>
        <translation>Personas</translation>
    </message>
    <message>
        <source>Staff</source>
        <translation>Personal</translation>
    </message>
    <message>
        <source>Terms of keeping</source>
        <translation>Plazos de conservación</translation>
    </message>
    <message>
        <source>Terms</source>
        <translation>Plazos</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Registro de auditoría</translation>
    </message>
    <message>
        <source>Trail</source>
        <translation>Registro</translation>
    </message>
</context>
<context>
    <name>people</name>
    <message>
        <source>Operator</source>
        <translation>Operador</translation>
    </message>
    <message>
        <source>Supervisor</source>
        <translation>Supervisor</translation>
    </message>
    <message>
        <source>Technician</source>
        <translation>Técnico</translation>
    </message>
    <message>
        <source>Administrator</source>
        <translation>Administrador</translation>
    </message>
    <message>
        <source>Auditor</source>
        <translation>Auditor</translation>
    </message>
    <message>
        <source>All sites</source>
        <translation>Todas las sedes</translation>
    </message>
    <message>
        <source>No site</source>
        <translation>Ninguna sede</translation>
    </message>
    <message>
        <source>■ Out</source>
        <translation>■ De baja</translation>
    </message>
    <message>
        <source>▲ Locked out</source>
        <translation>▲ Bloqueado</translation>
    </message>
    <message>
        <source>◆ A reset waits</source>
        <translation>◆ Cambio por aprobar</translation>
    </message>
    <message>
        <source>◆ Password to be changed</source>
        <translation>◆ Contraseña por cambiar</translation>
    </message>
</context>
<context>
    <name>retention</name>
    <message>
        <source>Plates without a case</source>
        <translation>Placas sin caso</translation>
    </message>
</context>
<context>
    <name>seal</name>
    <message>
        <source>Not sealed: recorded without an engine's key</source>
        <translation>Sin sello: se registró sin la clave de un motor</translation>
    </message>
    <message>
        <source>Sealed and signed</source>
        <translation>Sellado y firmado</translation>
    </message>
    <message>
        <source>Sealed and signed; the time-stamp is still to come</source>
        <translation>Sellado y firmado; falta el sello de tiempo</translation>
    </message>
    <message>
        <source>Sealed and signed; the time-stamp is not checked here</source>
        <translation>Sellado y firmado; el sello de tiempo no se comprueba aquí</translation>
    </message>
    <message>
        <source>Sealed, signed and time-stamped</source>
        <translation>Sellado, firmado y con sello de tiempo</translation>
    </message>
    <message>
        <source>Sealed and signed, but the time-stamp does not hold</source>
        <translation>Sellado y firmado, pero el sello de tiempo no se sostiene</translation>
    </message>
    <message>
        <source>Sealed</source>
        <translation>Sellado</translation>
    </message>
    <message>
        <source>Computer</source>
        <translation>Equipo</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Motor</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Clave</translation>
    </message>
    <message>
        <source>Manifest</source>
        <translation>Manifiesto</translation>
    </message>
    <message>
        <source>Time-stamp</source>
        <translation>Sello de tiempo</translation>
    </message>
</context>
<context>
    <name>tile</name>
    <message>
        <source>Switched off</source>
        <translation>Apagada</translation>
    </message>
    <message>
        <source>The engine is not running</source>
        <translation>El motor no está funcionando</translation>
    </message>
    <message>
        <source>Connecting…</source>
        <translation>Conectando…</translation>
    </message>
    <message>
        <source>Late: the last picture is {} old</source>
        <translation>Con retraso: la última imagen tiene {}</translation>
    </message>
    <message>
        <source>Offline since {}</source>
        <translation>Sin señal desde las {}</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>Sin señal</translation>
    </message>
    <message>
        <source>retry in {}</source>
        <translation>nuevo intento en {}</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>Speeding</source>
        <translation>Exceso de velocidad</translation>
    </message>
    <message>
        <source>Red light</source>
        <translation>Luz roja</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>Pendiente</translation>
    </message>
    <message>
        <source>Confirmed</source>
        <translation>Confirmada</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>Rechazada</translation>
    </message>
    <message>
        <source>Notified</source>
        <translation>Notificada</translation>
    </message>
    <message>
        <source>Plate unreadable</source>
        <translation>Placa ilegible</translation>
    </message>
    <message>
        <source>Plate does not match the vehicle</source>
        <translation>La placa no corresponde al vehículo</translation>
    </message>
    <message>
        <source>Lamp or line not visible</source>
        <translation>Semáforo o línea no visibles</translation>
    </message>
    <message>
        <source>Crossed before red</source>
        <translation>Cruzó antes del rojo</translation>
    </message>
    <message>
        <source>Permitted manoeuvre</source>
        <translation>Maniobra permitida</translation>
    </message>
    <message>
        <source>Emergency vehicle</source>
        <translation>Vehículo de emergencia</translation>
    </message>
    <message>
        <source>Officer directing traffic</source>
        <translation>Policía dirigiendo el tránsito</translation>
    </message>
    <message>
        <source>Two vehicles in the measurement</source>
        <translation>Dos vehículos en la medición</translation>
    </message>
    <message>
        <source>Clock not valid</source>
        <translation>Reloj no válido</translation>
    </message>
    <message>
        <source>Duplicate</source>
        <translation>Duplicada</translation>
    </message>
    <message>
        <source>View obstructed</source>
        <translation>Vista obstruida</translation>
    </message>
    <message>
        <source>Exempt vehicle</source>
        <translation>Vehículo exento</translation>
    </message>
    <message>
        <source>Within tolerance</source>
        <translation>Dentro de la tolerancia</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Prueba</translation>
    </message>
    <message>
        <source>person</source>
        <translation>persona</translation>
    </message>
    <message>
        <source>bicycle</source>
        <translation>bicicleta</translation>
    </message>
    <message>
        <source>motorcycle</source>
        <translation>motocicleta</translation>
    </message>
    <message>
        <source>car</source>
        <translation>automóvil</translation>
    </message>
    <message>
        <source>bus</source>
        <translation>ómnibus</translation>
    </message>
    <message>
        <source>truck</source>
        <translation>camión</translation>
    </message>
    <message>
        <source>operator</source>
        <translation>operador</translation>
    </message>
    <message>
        <source>supervisor</source>
        <translation>supervisor</translation>
    </message>
    <message>
        <source>technician</source>
        <translation>técnico</translation>
    </message>
    <message>
        <source>administrator</source>
        <translation>administrador</translation>
    </message>
    <message>
        <source>auditor</source>
        <translation>auditor</translation>
    </message>
    <message>
        <source>engine</source>
        <translation>motor</translation>
    </message>
    <message>
        <source>red</source>
        <translation>rojo</translation>
    </message>
    <message>
        <source>amber</source>
        <translation>ámbar</translation>
    </message>
    <message>
        <source>green</source>
        <translation>verde</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>desconocido</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>conectando</translation>
    </message>
    <message>
        <source>online</source>
        <translation>en línea</translation>
    </message>
    <message>
        <source>late</source>
        <translation>con retraso</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>sin señal</translation>
    </message>
    <message>
        <source>switched off</source>
        <translation>apagada</translation>
    </message>
</context>
</TS>
