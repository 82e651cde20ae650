<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>CommandPalette</name>
    <message>
        <source>What do you want to do?</source>
        <translation>¿Qué quiere hacer?</translation>
    </message>
</context>
<context>
    <name>DecisionBar</name>
    <message>
        <source>Confirm</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Reject…</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Correct plate</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Issue notice</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Open PDF</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Undo</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} s</source>
        <translation type="unfinished" />
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
</context>
<context>
    <name>FactsPanel</name>
    <message>
        <source>Plate</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Measurement</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Origin</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Decisions</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Checking the evidence</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{} files, each with its recorded SHA-256</source>
        <translation type="unfinished" />
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
    <name>HistoryChart</name>
    <message>
        <source>No history of speed and lamp for this case.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>limit</source>
        <translation type="unfinished" />
    </message>
</context>
<context>
    <name>LoginPage</name>
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
        <source>Asking the server…</source>
        <translation>Consultando al servidor…</translation>
    </message>
    <message>
        <source>Log in</source>
        <translation>Entrar</translation>
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
    <name>PlatePanel</name>
    <message>
        <source>Plate, then Return</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>A plate has 4 to 9 letters and digits; type it again.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>No plate was read. E types it in.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>corrected, read as {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>{0} · {1} reads</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>◆ unusual form</source>
        <translation type="unfinished" />
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>Cases</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>All states</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>All types</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Oldest first</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Newest first</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>All cameras</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>From {} · all</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>No case waits for a decision.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>No case matches. Choose another filter.</source>
        <translation type="unfinished" />
    </message>
</context>
<context>
    <name>RejectPanel</name>
    <message>
        <source>Why is it rejected?</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Comment, if it helps</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>One key rejects. Tab goes to the comment, Esc goes back.</source>
        <translation type="unfinished" />
    </message>
</context>
<context>
    <name>ReviewPage</name>
    <message>
        <source>■ Notice {0} for {1}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>✕ Rejected {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>● Confirmed {}</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Decided meanwhile by {}. The next case is shown.</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>The clip cannot be played. Decide by the stills, or reject.</source>
        <translation type="unfinished" />
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>‹ Frame</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Frame ›</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Loop</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Overlay</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>still</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>frame {0} of {1}</source>
        <translation type="unfinished" />
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
        <translation type="unfinished" />
    </message>
    <message>
        <source>Decisive</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>After</source>
        <translation type="unfinished" />
    </message>
    <message>
        <source>Plate</source>
        <translation type="unfinished" />
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
    <name>Workspace</name>
    <message>
        <source>This page could not be opened. The rest of the product goes on; the cause is in the log.</source>
        <translation>Esta página no se pudo abrir. El resto del programa sigue funcionando; la causa está en el registro.</translation>
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
        <source>Dashboard</source>
        <translation>Indicadores</translation>
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
